from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from accounts.models import User


def code_field(label, help_text=""):
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": "Indiquez le code."},
    )


class SignInForm(RequestLoginCodeForm):
    email = forms.EmailField(
        label="Adresse électronique",
        help_text="Format attendu\u00a0: nom@domaine.fr",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Indiquez votre adresse électronique.",
            "invalid": "Indiquez une adresse complète, par exemple nom@domaine.fr.",
        },
    )

    def clean_email(self):
        """Find the account, if any: whoever asks must not learn whether there is one."""
        email = self.cleaned_data["email"].lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        # The account’s own address: an older one must not open it any more.
        self._user = User.objects.filter(email=email, is_active=True).first()
        return email


class EmailCodeForm(ConfirmLoginCodeForm):
    code = code_field("Code reçu par courriel", "Six chiffres")


class SecondFactorForm(AuthenticateForm):
    code = code_field(
        "Code de votre application",
        "Six chiffres\u00a0; à défaut, l’un de vos codes de secours (huit chiffres)",
    )


class SecondFactorAgainForm(ReauthenticateForm):
    code = SecondFactorForm.base_fields["code"]


class ActivateSecondFactorForm(ActivateTOTPForm):
    code = code_field("Code affiché par l’application", "Six chiffres")
