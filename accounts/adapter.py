import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
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

    def get_login_redirect_url(self, request):
        """Where each one works, when no page was asked for before the door."""
        if request.user.is_staff:
            return reverse("admin:index")
        return super().get_login_redirect_url(request)

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
    """What authenticators hold is unreadable in the database, and in its backups."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Ce code n’est pas le bon. Attendez le code suivant, puis recommencez."
    }

    def encrypt(self, text):
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        """The text; or, under a lost SECRET_KEY, one drawn at random, that no code ever fits."""
        try:
            return cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return generate_totp_secret()


def cipher():
    """Encrypts with the site’s secret key; reads what the former ones encrypted."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"second factor: {key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
