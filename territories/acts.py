"""What the acts of the label's team share: a plan, line by line, shown first and then carried out.

The same function sorts the rows before the act, for the page that asks to confirm, and during it,
on rows that are locked: what changed in between is left out, with why.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from territories.history import LONGEST_REASON
from territories.models.deed import Write


class ActError(ValidationError):
    """The act may not be done at all; the message, in French, says why and what to do."""


@dataclass(frozen=True)
class Line:
    """A row of an act: what will become of it, or why it is left as it is.

    ``name`` for a row whose own words do not suffice.
    """

    row: Any
    effect: str = ""
    refusal: str = ""
    name: str = ""

    def __str__(self):
        return self.name or str(self.row)


def kept(lines):
    return [line.row for line in lines if not line.refusal]


def locked(rows):
    """The same rows, locked until the end of the transaction, in an order that cannot deadlock."""
    pks = [row.pk for row in rows]
    # On a plain queryset: PostgreSQL locks no row of one that counts or joins outwards.
    return rows.model.objects.filter(pk__in=pks).order_by("pk").select_for_update()


# What the act under way wrote; None outside one.
under_way: ContextVar[list[Write] | None] = ContextVar("under_way", default=None)


@contextmanager
def noted():
    """Gives the list that ``record`` and ``erase`` add to meanwhile: a ``Write`` each."""
    writes = []
    token = under_way.set(writes)
    try:
        yield writes
    finally:
        under_way.reset(token)


def record(row, *, by, why):
    """Save a row; its history says who and why, and the act under way keeps that it did."""
    sign(row, by, why)
    row.save()
    note(row, row.pk)


def erase(row, *, by, why):
    """Delete a row, in the same way."""
    sign(row, by, why)
    pk = row.pk
    row.delete()
    note(row, pk)


def sign(row, by, why):
    row._history_user = by
    row._change_reason = Truncator(why).chars(LONGEST_REASON)


def note(row, pk):
    if (writes := under_way.get()) is None:
        return
    model = type(row)
    versions = model.history.filter(**{model._meta.pk.attname: pk}).order_by("-history_id")
    version = versions.values_list("history_id", flat=True)[0]
    kind = ContentType.objects.get_for_model(model)
    writes.append(Write(model=kind, row=pk, version=version))


def reason_given(reason):
    if not reason.strip():
        raise ActError("Indiquez le motif\u00a0: il reste dans l’historique.")
    return reason.strip()
