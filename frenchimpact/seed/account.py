"""The account that opens the administration of a demonstration, on a developer's machine only."""

from accounts.models import User

EMAIL = "administration@demonstration.invalid"
NAME = "Compte de démonstration"


def open_account():
    """Make sure the account exists; it has no password, its codes are mailed like any other."""
    if not User.objects.filter(email=EMAIL).exists():
        User.objects.create_superuser(EMAIL, name=NAME)


def close_account():
    """Delete the account; return whether there was one."""
    return User.objects.filter(email=EMAIL).delete()[0] > 0
