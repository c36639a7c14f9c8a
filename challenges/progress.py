"""How far an objective is: computed at each display from its readings, never stored.

Each kind computes in its own way, or says why it cannot.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import floor

from django.db.models import BigIntegerField, DecimalField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from challenges.models.objective import Milestone, Objective, Reading
from territories.french import agreed, long_date

NOT_MEASURED = "Pas encore mesuré"
NO_BASELINE = "Valeur de départ inconnue"
NO_DISTANCE = "La valeur de départ est égale à la cible"
NO_COMPLETE_YEAR = "Aucune année complète mesurée"
NO_MILESTONE = "Aucune étape définie"


@dataclass(frozen=True)
class Progress:
    """Where an objective stands on a day.

    ``ratio`` is between 0 and 1, or None when it cannot be computed: ``reason`` then says why.
    ``headline`` keeps the true numbers, even out of bounds. ``share`` puts the ratio in words.
    ``expected`` is the value a steady advance would have reached. ``under_way`` is the sentence
    on the current year of an objective that counts by year.
    """

    ratio: float | None
    latest: Reading | None
    headline: str
    reason: str = ""
    reached: bool = False
    overdue: bool = False
    expected: Decimal | None = None
    share: str = ""
    under_way: str = ""

    @property
    def percent(self):
        """Whole percents, rounded down: 100 is only said of what is complete. None like ratio."""
        return None if self.ratio is None else whole_percent(self.ratio)

    @property
    def measured_on(self):
        return long_date(self.latest.on) if self.latest else ""


@dataclass(frozen=True)
class Path:
    """The straight way from a first value to the target at the due date."""

    start_on: date
    start: Decimal
    due_on: date
    target: Decimal

    def value_on(self, day: date) -> Decimal:
        """The value on a day, to the hundredth; the start before it, the target after it."""
        days = min(max((day - self.start_on).days, 0), (self.due_on - self.start_on).days)
        gone = (self.target - self.start) * days / (self.due_on - self.start_on).days
        return round(self.start + gone, 2)


def progress_of(objective, readings, milestones=(), at=None) -> Progress:
    """The progress on a day, today by default, by the rule of the objective's kind.

    ``readings`` are the standing ones, oldest first; what is dated after ``at`` is ignored.
    Queries nothing.
    """
    at = at or timezone.localdate()
    known = [reading for reading in readings if reading.on <= at]
    found = RULES[objective.kind](objective, known, milestones, at)
    path = path_of(objective, known)
    overdue = objective.due_on is not None and objective.due_on < at and not found["reached"]
    return Progress(
        **{"latest": known[-1] if known else None} | found,
        overdue=overdue,
        expected=path.value_on(at) if path else None,
    )


def attach_progress(objectives, at=None):
    """Give each objective of a list its ``progress``, with one query for them all; return the list.

    What counts of readings and milestones comes in one union: a list shows their outcome only.
    """
    standing = Reading.objects.standing().filter(objective__in=objectives).order_by()
    readings = standing.values_list(
        "objective_id", "on", "pk", "value", "demonstration_id", "source"
    )
    milestones = (
        Milestone.objects.filter(objective__in=objectives)
        .order_by()
        .values_list(
            "objective_id",
            "reached_on",
            "pk",
            Cast(Value(None), DecimalField(max_digits=14, decimal_places=2)),
            Cast(Value(None), BigIntegerField()),
            "wording",
        )
    )
    facts = sorted(
        readings.union(milestones, all=True) if objectives else [],
        key=lambda fact: (fact[1] or date.max, fact[2]),
    )
    for objective in objectives:
        own = [fact for fact in facts if fact[0] == objective.pk]
        objective.progress = progress_of(
            objective,
            [
                Reading(on=on, value=value, demonstration_id=fictional, source=source)
                for _, on, _, value, fictional, source in own
                if value is not None
            ],
            [
                Milestone(reached_on=on, wording=wording)
                for _, on, _, value, _, wording in own
                if value is None
            ],
            at,
        )
    return objectives


def count_progress(objective, readings, milestones, at):
    """The part gone of the way from the baseline, 0 by default, to the target."""
    if not readings:
        return unmeasured()
    start, value, target = objective.baseline or 0, readings[-1].value, objective.target
    headline = with_unit(f"{number(value)} sur {number(target)}", objective.unit)
    if target < start:
        headline = (
            f"{with_unit(number(value), objective.unit)}, contre {number(start)} au départ, "
            f"pour une cible de {number(target)}"
        )
    elif start:
        headline += f", contre {number(start)} au départ"
    if target == start:
        reason = NO_BASELINE if objective.baseline is None else NO_DISTANCE
        return {"ratio": None, "headline": headline, "reason": reason, "reached": value == target}
    reached = value <= target if target < start else value >= target
    return {"headline": headline, "reached": reached} | part_of_way(start, value, target)


def zero_progress(objective, readings, milestones, at):
    """The part gone of the way from the baseline down to nothing; without it, what remains."""
    if not readings:
        return unmeasured()
    start, value = objective.baseline, readings[-1].value
    remaining = with_unit(number(value), objective.unit)
    headline = f"Il reste {remaining}" if value > 0 else f"Objectif atteint\u00a0: {remaining}"
    if start is not None:
        headline += f", contre {number(start)} au départ"
    found = {"headline": headline, "reached": value <= 0}
    if not start:
        reason = NO_BASELINE if start is None else NO_DISTANCE
        return found | {"ratio": None, "reason": reason}
    return found | part_of_way(start, value, 0)


def rate_progress(objective, readings, milestones, at):
    """Complete years at the target among complete years measured."""
    if not readings:
        return unmeasured()
    years = by_year(readings)
    measured = [year for year in years if year < at.year]
    met = [year for year in measured if years[year].value >= objective.target]
    missing = missing_years(objective, years, at)
    under_way = ""
    if at.year in years:
        value = f"{number(years[at.year].value)} sur {number(objective.target)}"
        under_way = f"{at.year}, année en cours\u00a0: {with_unit(value, objective.unit)}"
    elif not objective.due_on or objective.due_on >= at:
        under_way = f"{at.year}, année en cours\u00a0: pas encore mesurée"
    if not measured:
        return {
            "ratio": None,
            "headline": NO_COMPLETE_YEAR,
            "reason": NO_COMPLETE_YEAR,
            "reached": False,
            "under_way": under_way,
        }
    headline = f"{counted(len(met), 'année')} sur {len(measured)} au rythme visé"
    if missing:
        headline += f", {counted(len(missing), 'année')} non {agreed(len(missing), 'mesurée')}"
    ratio = len(met) / len(measured)
    return {
        "ratio": ratio,
        "headline": headline,
        "share": f"{whole_percent(ratio)}\u00a0% des années mesurées",
        "reached": len(met) == len(measured) and not missing,
        "under_way": under_way,
    }


def qualitative_progress(objective, readings, milestones, at):
    """Milestones reached among all of them."""
    total = len(milestones)
    reached = sum(bool(step.reached_on and step.reached_on <= at) for step in milestones)
    if not total:
        return {"ratio": None, "headline": NO_MILESTONE, "reason": NO_MILESTONE, "reached": False}
    ratio = reached / total
    return {
        "ratio": ratio,
        "headline": f"{counted(reached, 'étape')} sur {total} {agreed(reached, 'franchie')}",
        "share": f"{whole_percent(ratio)}\u00a0% des étapes",
        "reached": reached == total,
    }


RULES = {
    Objective.Kind.COUNT: count_progress,
    Objective.Kind.RATE: rate_progress,
    Objective.Kind.ZERO: zero_progress,
    Objective.Kind.QUALITATIVE: qualitative_progress,
}


def unmeasured():
    return {"ratio": None, "headline": NOT_MEASURED, "reason": NOT_MEASURED, "reached": False}


def part_of_way(start, value, target):
    ratio = float(min(max(Decimal(value - start) / Decimal(target - start), 0), 1))
    return {"ratio": ratio, "share": f"{whole_percent(ratio)}\u00a0% du chemin"}


def path_of(objective, readings) -> Path | None:
    """The steady way to the target: from the dated baseline, else from the first reading.

    None without due date, for kinds that do not count up or down, and where there is no way
    left to go: a start on or after the due date, or already at the target.
    """
    if objective.kind not in {Objective.Kind.COUNT, Objective.Kind.ZERO} or not objective.due_on:
        return None
    if objective.baseline_on and objective.baseline is not None:
        start_on, start = objective.baseline_on, Decimal(objective.baseline)
    elif readings:
        start_on, start = readings[0].on, Decimal(readings[0].value)
    else:
        return None
    target = Decimal(objective.target)
    downwards = objective.kind == Objective.Kind.ZERO or target < (objective.baseline or 0)
    arrived = start <= target if downwards else start >= target
    if start_on >= objective.due_on or arrived:
        return None
    return Path(start_on, start, objective.due_on, target)


def by_year(readings) -> dict[int, Reading]:
    """The reading that counts for each calendar year: the latest of several."""
    return {reading.on.year: reading for reading in readings}


def missing_years(objective, years, at) -> list[int]:
    """Complete years without reading, from the first measured one to the due date or today."""
    last = at.year - 1
    if objective.due_on:
        last = min(last, objective.due_on.year)
    return [year for year in range(min(years), last + 1) if year not in years]


def number(value) -> str:
    """« 34 969 », « 12,5 », « −3 »: to the hundredth, without trailing zeros."""
    text = f"{round(Decimal(value), 2) + 0:,.2f}".rstrip("0").rstrip(".")
    return text.translate({ord(","): "\u202f", ord("."): ",", ord("-"): "−"})


def with_unit(text, unit) -> str:
    """The unit is free text: it follows as it is, never put in the plural."""
    return f"{text} {unit}" if unit else text


def counted(n, word) -> str:
    """« 0 étape », « 1 étape », « 2 étapes »."""
    return f"{number(n)} {agreed(n, word)}"


def whole_percent(ratio) -> int:
    # Rounded first: 0.29 × 100 is 28.999… in binary.
    return 100 if ratio == 1 else min(floor(round(ratio * 100, 6)), 99)
