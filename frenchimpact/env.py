"""Typed readers of the environment: a missing or malformed value stops the start, by name."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "oui", "on"}, {"0", "false", "no", "non", "off"}


def text(name, default=None):
    """The variable as text; without a default it must be set and not blank."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"La variable d’environnement {name} est obligatoire.")
    return default


def boolean(name, default):
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} vaut « {value} » : attendu oui ou non (1 ou 0).")


def integer(name, default, *, minimum=0):
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if value.isascii() and value.isdigit() and int(value) >= minimum:
        return int(value)
    raise ImproperlyConfigured(f"{name} vaut « {value} » : attendu un entier ≥ {minimum}.")


def choice(name, default, choices):
    """One of a few words."""
    value = text(name, default).lower()
    if value in choices:
        return value
    raise ImproperlyConfigured(f"{name} vaut « {value} » : attendu {', '.join(choices)}.")


def words(name, default=None):
    """A comma-separated list, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def origin(name, default=None):
    """A site address such as https://label.example.fr, without a final slash."""
    value = text(name, default)
    scheme, _, host = value.partition("://")
    if scheme not in {"http", "https"} or not host or "/" in host:
        raise ImproperlyConfigured(
            f"{name} vaut « {value} » : attendu une adresse telle que https://exemple.fr, "
            "sans barre finale."
        )
    return value


def together(*names):
    """Whether these variables are set: all of them, or none."""
    missing = [name for name in names if not text(name, "")]
    if missing and len(missing) < len(names):
        raise ImproperlyConfigured(
            f"{', '.join(names)} vont ensemble : renseignez aussi {', '.join(missing)}, "
            "ou aucune des trois."
        )
    return not missing


def secure_address(name):
    """An address such as https://exemple.fr/api/v2, without a final slash; http on this machine."""
    value = text(name)
    try:
        parts = urlsplit(value)
        host = parts.hostname
        extra = parts.query or parts.fragment or parts.username or parts.port == 0
    except ValueError:
        host = extra = None
    local = host in {"127.0.0.1", "localhost", "::1"}
    schemes = {"https", "http"} if local else {"https"}
    if not host or extra or parts.scheme not in schemes or value.endswith("/"):
        raise ImproperlyConfigured(
            f"{name} vaut « {value} » : attendu une adresse telle que https://exemple.fr/api/v2, "
            "sans barre finale."
        )
    return value
