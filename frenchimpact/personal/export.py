"""All that the site holds on a person, in French words, for who asks to read it."""

from datetime import date, datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone

from accounts.journal import acts, in_words
from accounts.models import User
from frenchimpact.personal.erase import account_of
from frenchimpact.personal.inventory import (
    DERIVED,
    IDENTITY,
    OWNER,
    SECRET,
    TEXTS,
    WHO,
    columns,
    every_model,
    is_history,
    kind_of,
)
from frenchimpact.personal.mentions import mentions, title_of
from frenchimpact.personal.words import SHORTEST, Words, letters
from outbox.models import Message

CONFIDENTIAL = "confidentiel, non communiqué"


def export(address: str) -> dict | None:
    """What there is on an address, by what links it to the person; None when there is nothing.

    No secret: neither codes, nor keys, nor what a session holds.
    """
    user = account_of(address)
    found = {
        "compte": account(user) if user else {},
        "sessions ouvertes": sessions(user) if user else [],
        "à son nom": linked(user) if user else {},
        "à son adresse": addressed(address),
        "actes": done_by(user) if user else [],
        "où l’adresse ou le nom du compte sont écrits": written(address, user),
    }
    if not any(found.values()):
        return None
    return {"adresse": address, "établi le": timezone.now().isoformat(), **found}


def account(user):
    roles = [group.name for group in user.groups.all()]
    return told(user) | {"rôles": roles}


def sessions(user):
    """The end of each: the rest is how the browser is known."""
    return [
        session.expire_date.isoformat()
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]


def linked(user):
    """The rows that point to the account; the acts of histories and of the log are told apart."""
    found = {}
    for model in every_model():
        for field in columns(model, OWNER, WHO):
            if field.name == "history_user" or model._meta.label == "admin.LogEntry":
                continue
            rows = model._base_manager.filter(**{field.name: user}).order_by("pk")
            if rows := [told(row) for row in rows]:
                found[f"{title_of(model)} ({field.verbose_name})"] = rows
    return found


def addressed(address):
    """The rows that have the address in a column of its own."""
    found = {}
    for model in every_model():
        if model is User:
            continue
        for field in columns(model, IDENTITY):
            rows = model._base_manager.filter(**{f"{field.name}__iexact": address}).order_by("pk")
            if rows := [told(row) for row in rows]:
                found[title_of(model)] = rows
    return found


def done_by(user):
    return [
        {
            "le": act["at"].isoformat(),
            "acte": act["done"],
            "objet": f"{act['kind']}\u00a0: {act['about']}",
            "motif": act["why"],
        }
        for act in in_words([*acts(by=user)])
    ]


def written(address, user):
    """The texts where the address or the name of the account stand."""
    has_name = user and letters(user.name) >= SHORTEST
    words = Words(address, user.name if has_name else "")
    found = []
    for model in every_model():
        for mention in mentions(model, dict.fromkeys(TEXTS, words)):
            for name in mention.changed:
                field = model._meta.get_field(name)
                found.append(
                    {
                        "où": f"{title_of(model)}, n°\u00a0{mention.row.pk}",
                        "champ": str(field.verbose_name),
                        "texte": in_json(getattr(mention.row, name)),
                    }
                )
    return found


def told(row):
    """A row in words, less its secrets and what is made of the rest."""
    model = type(row)
    hidden = {SECRET, DERIVED}
    found = {
        str(field.verbose_name): value_of(row, field)
        for field in model._meta.concrete_fields
        if kind_of(model, field) not in hidden
    }
    if isinstance(row, Message) and row.secret:
        found |= {"objet": CONFIDENTIAL, "texte": CONFIDENTIAL, "texte mis en forme": CONFIDENTIAL}
    if is_history(model):
        found["acte"] = row.get_history_type_display()
    return found


def value_of(row, field):
    if isinstance(field, models.ForeignKey):
        try:
            linked_row = getattr(row, field.name)
        except ObjectDoesNotExist:  # a history may point to what is no more
            return f"n°\u00a0{getattr(row, field.attname)}"
        return None if linked_row is None else str(linked_row)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return in_json(getattr(row, field.attname))


def in_json(value):
    if isinstance(value, datetime | date):
        return value.isoformat()
    return (
        value if value is None or isinstance(value, str | int | float | list | dict) else str(value)
    )
