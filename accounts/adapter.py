import hashlib
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.client import client_ip
from accounts.second_factor import has_second_factor
from outbox.actions import enqueue_template

INCORRECT = "Ce code n’est pas le bon. Vérifiez les six chiffres, ou demandez un nouveau code."
TOO_MANY = "Trop d’essais. Patientez cinq minutes, puis recommencez."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the team, mails go through the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": INCORRECT,
        "rate_limited": TOO_MANY,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return client_ip(request)

    def is_ajax(self, request):
        """Every answer is a page, whatever the request says it accepts."""
        return False

    def is_reauthentication_required(self, *, app, **kwargs):
        """A factor is asked again before touching factors: the first one has none before it."""
        return has_second_factor(self.request.user)

    def get_reauthentication_methods(self, user):
        """The second factor only: no password opens anything here."""
        if not (user.is_authenticated and has_second_factor(user)):
            return []
        address = reverse("mfa_reauthenticate")
        return [{"id": "mfa_reauthenticate", "description": "Second facteur", "url": address}]

    def send_mail(self, template_prefix, email, context):
        enqueue_template(
            template_prefix, to=email, context=context, **handling(template_prefix, email)
        )

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        super().send_notification_mail(template_prefix, user, context, email=user.email)


def handling(template, email):
    """How the outbox treats a mail of accounts.

    Anyone may type any address on the sign-in page: one without an account is told so once a day.
    """
    if template == "account/email/login_code":
        end = timezone.now() + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
        return {"secret": True, "urgent": True, "not_after": end}
    if template == "account/email/unknown_account":
        who = hashlib.sha256(email.lower().encode()).hexdigest()
        return {"key": f"unknown-account:{timezone.localdate()}:{who}"}
    return {}


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Ce code n’est pas le bon. Attendez le code suivant, puis recommencez."
    }
