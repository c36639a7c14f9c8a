"""Typed readers of the environment: a missing or malformed value stops the start, by name."""

import os

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
