"""Where somebody's words are written: rows, and what their columns are without these words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from frenchimpact.personal.inventory import ADDRESS, JOURNAL, Kind, columns, is_history
from frenchimpact.personal.words import IN_ADDRESSES, Words

NOWHERE = "https://efface.invalid/"  # where an address of the web is compulsory


@dataclass(frozen=True)
class Mention:
    """A row that has the words, and its columns without them, by name."""

    row: models.Model
    changed: dict


# Tables that have no name in French, or a wrong plural.
TITLES = {
    "accounts.User_groups": "Rôles",
    "accounts.User_user_permissions": "Permissions",
    "account.EmailAddress": "Adresses de connexion",
    "admin.LogEntry": "Journal de l’administration",
    "mfa.Authenticator": "Seconds facteurs",
    "territories.FormerOrganisation": "Anciennes adresses d’acteurs",
}


def title_of(model) -> str:
    """« Défis », « Défis, historique »."""
    if title := TITLES.get(model._meta.label):
        return title
    if is_history(model):
        return f"{title_of(model.instance_type)}, historique"
    return capfirst(str(model._meta.verbose_name_plural))


def mentions(model, words: dict[Kind, Words]) -> Iterator[Mention]:
    """Those of a model; ``words`` says, by kind of column, what to look for."""
    texts = columns(model, *words)
    if not texts:
        return
    asked = Q()
    for field, kind in texts.items():
        for term in words[kind].terms:
            asked |= may_have(field, term)
    # No row without a term, rather than all.
    rows = model._base_manager.filter(asked) if asked else model._base_manager.none()
    if is_history(model):
        rows = rows.only("pk", *(field.name for field in texts))
    for row in rows.order_by("pk").iterator():
        values = {
            field: (row.__dict__[field.attname], without(row, field, kind, words[kind]))
            for field, kind in texts.items()
        }
        changed = {field.name: new for field, (old, new) in values.items() if new != old}
        if changed:
            yield Mention(row, changed)


def may_have(field, term):
    if is_json(field):
        # Accents are escaped there: each is read.
        return Q(**{f"{field.name}__isnull": False})
    # PostgreSQL reads texts ten times faster so than it folds them.
    return Q(**{f"{field.name}__iregex": term.start})


def is_json(field):
    """A column of JSON, or of text where admin's log writes some."""
    return isinstance(field, models.JSONField) or field.name == "change_message"


def without(row, field, kind, words):
    """The value of a column, less the words; itself when it has none."""
    value = row.__dict__[field.attname]
    if value is None or value == "":
        return value
    if is_json(field):
        return words.struck_within(value)
    if kind is ADDRESS:
        return words.struck(value, IN_ADDRESSES)
    struck = words.struck(value)
    if kind is JOURNAL and (value.endswith("…") or len(value) == field.max_length):
        struck = words.struck_at_end(struck)
    if struck != value and isinstance(field, models.URLField | models.EmailField):
        return "" if field.blank else NOWHERE
    # What is struck out may be shorter than what says so.
    return struck[: field.max_length] if isinstance(field, models.CharField) else struck


def free(row, name, value):
    """A value that no other row has, where the column asks so: « efface », « efface-2 »…"""
    if not type(row)._meta.get_field(name).unique:
        return value
    others = type(row)._base_manager.exclude(pk=row.pk)
    root, number = value[:70], 1
    while others.filter(**{name: value}).exists():
        number += 1
        value = f"{root}-{number}"
    return value
