"""Editing by several people: plain values to compare, and what to do when two wrote at once.

Plain values are strings, numbers and lists that JSON keeps. A form carries those it was filled
from: they are the version of what it edits, and say which words somebody else has changed since.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Model

from territories.models import Commitment


class Conflict(Exception):
    """Somebody saved since the editor opened the page; ``current`` is what they left."""

    def __init__(self, current):
        super().__init__("Somebody else saved meanwhile.")
        self.current = current


def plain(value):
    """A value as JSON keeps it; what a text area does to the ends of lines is no difference."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0).isoformat()  # as much as a form says
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    return sorted(plain(each) for each in value)


def plain_values(row, names) -> dict:
    return {name: plain(getattr(row, name)) for name in names}


def fill(row, values):
    """Set plain values on a row, in memory; those of its own columns only."""
    columns = {field.name: field for field in row._meta.concrete_fields}
    for name, value in values.items():
        if field := columns.get(name):
            empty = None if field.null else ""
            setattr(row, field.attname, empty if value == "" else field.to_python(value))


def check(*, current, base, values) -> bool:
    """Whether there is anything to write; ``Conflict`` when what stands is not ``base``."""
    if values == current:
        return False
    if base != current:
        raise Conflict(current)
    return True


def merge(base, mine, current):
    """What to propose to somebody who edited while somebody else saved.

    What they had not touched follows the other one; what they had touched stays theirs. Returns
    the merged values, the names both changed, and the names taken from the other.
    """
    merged, both, taken = {}, [], []
    for name, value in mine.items():
        theirs = current.get(name, value)
        merged[name] = value
        if theirs in (value, base.get(name)):
            continue
        if value != base.get(name, value):
            both.append(name)
        else:
            merged[name] = theirs
            taken.append(name)
    return merged, both, taken


SITUATION = ["state", "done_on", "blocked_by", "unblocked_by"]


@transaction.atomic
def save_situation(*, commitment, base, values) -> bool:
    """Tell how far a commitment is. ``Conflict`` if it is not ``base`` now; whether it changed."""
    commitment = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if not check(current=plain_values(commitment, SITUATION), base=base, values=values):
        return False
    fill(commitment, values)
    commitment.save()
    return True
