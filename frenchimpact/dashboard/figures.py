"""The key figures, as charts that the page draws; each with its table."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Cast, Concat, TruncMonth
from django.utils import timezone
from django.utils.dateformat import format as date_format

from challenges.models import Challenge, Reading
from frenchimpact.dashboard.followed import FOLLOWED, NEWS, followed, list_of
from territories.models import Designation, Territory
from territories.models.label import ordinal

MONTHS = 12


@dataclass(frozen=True)
class Bar:
    """A figure, and its part in hundredths of the greatest of its chart."""

    words: str
    count: int
    share: float
    address: str = ""

    @property
    def top(self):
        """Where a standing bar begins, from above."""
        return round(100 - self.share, 2)


@dataclass(frozen=True)
class Chart:
    title: str
    unit: str
    bars: list

    @property
    def total(self):
        return sum(bar.count for bar in self.bars)


def groups_of(seen):
    """Counts by group, of each chart the reader sees: ``{chart: {group: count}}``, in one query."""
    asked = []

    def ask(name, rows, group, counted="pk"):
        rows = rows.order_by().values(drawn=Value(name), shared=Cast(group, CharField()))
        counts = rows.annotate(n=Count(counted, distinct=True))
        asked.append(counts.values_list("drawn", "shared", "n"))

    if Territory in seen:
        labels = Designation.objects.in_force().filter(territory__publication="published")
        ask("wave", labels, F("wave__number"), "territory")
        touching = Q(areas__level="region") | Q(areas__parents__level="region")
        itself = When(areas__level="region", then=code_and_name("areas"))
        above = code_and_name("areas__parents")
        ask("region", followed().filter(touching), Case(itself, default=above))
        anchored = followed().filter(areas=None, anchor__parents__level="region")
        ask("region", anchored, code_and_name("anchor__parents"))
    if Challenge in seen:
        ask("stage", Challenge.objects.filter(publication="published"), F("stage"))
    if Reading in seen:
        recent = Reading.objects.standing().filter(on__gte=first_days()[0])
        ask("month", recent, TruncMonth("on"))
    groups = defaultdict(Counter)
    if asked:
        for name, group, count in asked[0].union(*asked[1:], all=True):
            groups[name][group] += count
    return groups


def code_and_name(path):
    """« 53 Bretagne »: what tells a région in the address of a list, and what names it."""
    return Concat(f"{path}__code", Value(" "), f"{path}__name")


def first_days():
    """The first day of each of the last twelve months, this one last."""
    today = timezone.localdate()
    now = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(now - MONTHS + 1, now + 1)]


def bars_of(rows):
    """Bars of (words, count, address)."""
    greatest = max([count for _, count, _ in rows], default=0) or 1
    return [
        Bar(words, count, round(100 * count / greatest, 2), address)
        for words, count, address in rows
    ]


def charts(groups, news):
    """The charts with lying bars; a group without row is left out."""
    drawn = []
    if news:
        page = f"{list_of(Territory)}?{FOLLOWED}&nouvelles="
        fresh = [(words, news[key], page + key) for key, words in NEWS.items()]
        drawn.append(Chart("Fraîcheur des territoires", "Territoires", bars_of(fresh)))
        waves = sorted(groups["wave"].items(), key=lambda wave: int(wave[0]))
        waves = [(f"{ordinal(int(number))} vague", count, "") for number, count in waves]
        drawn.append(Chart("Territoires par vague", "Territoires", bars_of(waves)))
    if "stage" in groups:
        page = f"{list_of(Challenge)}?publication__exact=published&stage__exact="
        names = [*Challenge.Stage.choices, ("", "étape inconnue")]
        stages = [
            (words.capitalize(), groups["stage"][key], page + key)
            for key, words in names
            if groups["stage"][key]
        ]
        drawn.append(Chart("Défis publiés, par étape", "Défis", bars_of(stages)))
    if news:
        page = f"{list_of(Territory)}?{FOLLOWED}&region="
        named = [(*group.split(" ", 1), count) for group, count in groups["region"].items()]
        regions = [
            (name, count, page + code)
            for code, name, count in sorted(named, key=lambda region: (-region[2], region[1]))
        ]
        drawn.append(Chart("Territoires par région", "Territoires", bars_of(regions)))
    return drawn


def months(counts):
    counts = {day[:7]: count for day, count in counts.items()}
    days = first_days()
    rows = [(date_format(day, "N Y"), counts.get(f"{day:%Y-%m}", 0), "") for day in days]
    return Chart("Relevés par mois de mesure", "Relevés", bars_of(rows))
