"""The account that opens the administration of a demonstration, on a developer's machine only."""

import secrets

from django.conf import settings

from accounts.models import User

EMAIL = "administration@demonstration.invalid"
NAME = "Compte de démonstration"


def open_account():
    """Make sure the account exists and its kept password works; return that password."""
    password = kept_password()
    user = User.objects.filter(email=EMAIL).first()
    if user is None:
        User.objects.create_superuser(EMAIL, password, name=NAME)
    elif not user.check_password(password):
        user.set_password(password)
        user.save()
    return password


def kept_password():
    """The password kept beside the database, drawn the first time; only its owner reads it."""
    path = settings.VAR_DIR / "demo-password"
    if path.exists() and (password := path.read_text().strip()):
        return password
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    password = secrets.token_urlsafe(15)
    path.write_text(password + "\n")
    return password


def close_account():
    """Delete the account; return whether there was one."""
    return User.objects.filter(email=EMAIL).delete()[0] > 0
