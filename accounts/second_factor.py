"""What an account and a session know of the second factor."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator


def has_second_factor(user):
    """Whether the account has an authenticator; recovery codes alone are not one."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def passed_second_factor(request):
    """Whether this session gave a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)
