"""How recent the news of a challenge or a territory is: computed at each reading, never stored."""

from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, Value
from django.db.models.functions import Coalesce, Greatest, NullIf
from django.utils import timezone

from territories.french import agreed

FRESH_DAYS = 120  # a quarter, and a month of grace
QUIET_DAYS = 180


LABELS = {
    "fresh": "À jour",
    "stale": "À rafraîchir",
    "silent": "Silencieux",
    "never": "Pas encore de nouvelles",
}


def months_between(first, last) -> int:
    """The whole months from a day to a later one."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def elapsed(since, at=None) -> str:
    """From a day to a later: « 12 jours », « 2 mois », « 3 ans » (from two years on)."""
    at = at or timezone.localdate()
    months = months_between(since, at)
    if months >= 24:
        return f"{months // 12}\u00a0ans"
    if months:
        return f"{months}\u00a0mois"
    days = (at - since).days
    return f"{days}\u00a0{agreed(days, 'jour')}"


@dataclass(frozen=True)
class Freshness:
    """``level``: fresh, stale, silent or never; ``months``: whole months since the last news."""

    level: str
    months: int | None
    last: date | None

    @classmethod
    def since(cls, last, at=None):
        """The freshness on a day, today by default, of something last heard of on ``last``."""
        if last is None:
            return cls("never", None, None)
        at = at or timezone.localdate()
        days = (at - last).days
        months = months_between(last, at)
        if days <= FRESH_DAYS:
            return cls("fresh", months, last)
        return cls("stale" if days <= QUIET_DAYS else "silent", months, last)

    @property
    def label(self):
        words = LABELS[self.level]
        return f"{words} depuis {self.months} mois" if self.level == "silent" else words


def latest_of(first, second):
    """The later of two dates in SQL, or the one that is known, or nothing.

    Each expression is written once: they are subqueries. Databases disagree on the greatest of a
    date and nothing, hence the earliest of dates in the place of nothing.
    """
    earliest = Value(date.min, output_field=DateField())
    return NullIf(
        Greatest(Coalesce(first, earliest), Coalesce(second, earliest)),
        earliest,
        output_field=DateField(),
    )


def level_of(text):
    """The level of a date that SQL gave as text, « 2026-11-03 », or of none."""
    return Freshness.since(date.fromisoformat(text) if text else None).level
