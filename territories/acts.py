"""What the acts of the label's team share: a plan, line by line, shown first and then carried out.

The same function sorts the rows before the act, for the page that asks to confirm, and during it,
on rows that are locked: what changed in between is left out, with why.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

LONGEST_REASON = 100  # characters that the history keeps beside a change


class ActError(ValidationError):
    """The act may not be done at all; the message, in French, says why and what to do."""


@dataclass(frozen=True)
class Line:
    """A row of an act: what the public will see of it, or why it is left as it is."""

    row: Any
    effect: str = ""
    refusal: str = ""


def kept(lines):
    return [line.row for line in lines if not line.refusal]


def locked(rows):
    """The same rows, locked until the end of the transaction, in an order that cannot deadlock."""
    pks = [row.pk for row in rows]
    # On a plain queryset: PostgreSQL locks no row of one that counts or joins outwards.
    return rows.model.objects.filter(pk__in=pks).order_by("pk").select_for_update()


def record(row, *, by, why):
    """Save a row; its history says who and why."""
    row._history_user = by
    row._change_reason = Truncator(why).chars(LONGEST_REASON)
    row.save()


def reason_given(reason):
    if not reason.strip():
        raise ActError("Indiquez le motif\u00a0: il reste dans l’historique.")
    return reason.strip()
