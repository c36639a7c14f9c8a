"""The first page of the administration: what waits for the team, the key figures, the last acts.

Computed at each reading, in four queries whatever the number of rows. Each line, figure or act is
shown only to whoever may see the rows it is about.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncDate, TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.dateparse import parse_datetime

from challenges.models import Challenge, Proposal, Reading
from outbox.models import Message
from territories.admin.plan import SOON_DAYS
from territories.freshness import FRESH_DAYS, QUIET_DAYS, latest_of
from territories.models import Commitment, Coordinator, Designation, Territory
from territories.models.label import ordinal

MONTHS = 12
ACTS = 10
# The filters of the list of territories that keep those the label's team follows.
FOLLOWED = "publication__exact=published&label=oui"
NEWS = {  # the choices of the filter on news, and the words of the portal
    "recentes": "À jour",
    "anciennes": "À rafraîchir",
    "silence": "Silencieux",
    "jamais": "Pas encore de nouvelles",
}


@dataclass(frozen=True)
class Line:
    """Something that may wait: its words for one and for many, what its oldest date tells."""

    key: str
    model: type
    one: str
    many: str
    told: str  # how the age of the only one is said
    told_of_many: str  # and the age of the oldest of many
    query: str  # what the list is asked to show exactly these rows


LINES = [
    Line(
        "proposals",
        Proposal,
        "proposition à décider",
        "propositions à décider",
        "proposée",
        "la plus ancienne\u00a0: proposée",
        "state__exact=submitted",
    ),
    Line(
        "challenges",
        Challenge,
        "défi soumis, à publier ou à renvoyer",
        "défis soumis, à publier ou à renvoyer",
        "soumis",
        "le plus ancien\u00a0: soumis",
        "publication__exact=submitted",
    ),
    Line(
        "readings",
        Reading,
        "relevé à valider",
        "relevés à valider",
        "enregistré",
        "le plus ancien\u00a0: enregistré",
        "a_valider=oui",
    ),
    Line(
        "commitments",
        Commitment,
        f"engagement de l’État en retard ou sous {SOON_DAYS} jours",
        f"engagements de l’État en retard ou sous {SOON_DAYS} jours",
        "échéance",
        "première échéance",
        "echeance=proche&engage=state",
    ),
    Line(
        "silent",
        Territory,
        "territoire silencieux depuis plus de six mois",
        "territoires silencieux depuis plus de six mois",
        "dernières nouvelles",
        "le plus silencieux\u00a0: dernières nouvelles",
        f"{FOLLOWED}&nouvelles=silence",
    ),
    Line(
        "referents",
        Territory,
        "territoire sans référent actif",
        "territoires sans référent actif",
        "référent parti, ou label accordé,",
        "le plus ancien\u00a0: référent parti, ou label accordé,",
        f"{FOLLOWED}&referent=sans",
    ),
    Line(
        "messages",
        Message,
        "courriel en échec ou à vérifier",
        "courriels en échec ou à vérifier",
        "demandé",
        "le plus ancien\u00a0: demandé",
        "a_traiter=oui",
    ),
]


@dataclass(frozen=True)
class Waiting:
    """So many rows of a line, the oldest since a day; None where no document tells it."""

    line: Line
    count: int
    oldest: date | None

    @property
    def words(self):
        return self.line.one if self.count == 1 else self.line.many

    @property
    def address(self):
        return f"{list_of(self.line.model)}?{self.line.query}"

    @property
    def age(self):
        if self.oldest is None:
            return "date inconnue"
        days = (timezone.localdate() - self.oldest).days
        told = self.line.told if self.count == 1 else self.line.told_of_many
        return f"{told} {how_long(days)}"


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


def dashboard(request):
    """The context of the page, for whoever reads it."""
    seen = {
        model
        for model, options in admin.site._registry.items()
        if options.has_view_or_change_permission(request)
    }
    news = news_of_territories() if Territory in seen else {}
    groups = groups_of(seen)
    return {
        "waiting": waiting(seen, news),
        "charts": charts(groups, news),
        "months": months(groups.get("month", {})) if Reading in seen else None,
        "acts": last_acts(seen),
    }


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def how_long(days):
    """« il y a 3 jours », « dans 12 jours »."""
    if days in {0, 1, -1}:
        return {0: "aujourd’hui", 1: "hier", -1: "demain"}[days]
    when = "il y a" if days > 0 else "dans"
    days = abs(days)
    length = f"{days} jours" if days < 60 else f"{days * 12 // 365} mois"
    return f"{when} {length}".replace(" ", "\u00a0")


def followed():
    """The territories whose news the team expects: published, with a label in force."""
    return Territory.objects.published().labelled()


def waiting(seen, news):
    """What waits, of the models that the reader sees, in one query; ``news`` tells the silence."""
    found = {"silent": (news.get("silence", 0), news.get("silent_since"))}
    asked = [
        rows.order_by()
        .values(line=Value(key))
        .annotate(n=Count("pk"), oldest=Cast(Min(since), CharField()))
        .values_list("line", "n", "oldest")
        for key, (rows, since) in sources().items()
        if next(line.model for line in LINES if line.key == key) in seen
    ]
    if asked:
        for key, count, oldest in asked[0].union(*asked[1:], all=True):
            found[key] = (count, day_of(oldest))
    return [
        Waiting(line, *found[line.key])
        for line in LINES
        if line.model in seen and found[line.key][0]
    ]


def sources():
    """The rows of each line but the silent territories, and the expression of their date."""
    referents = Coordinator.objects.active().referents().values("territory")
    return {
        "proposals": (Proposal.objects.filter(state=Proposal.State.SUBMITTED), "submitted_at"),
        "challenges": (
            Challenge.objects.filter(publication=Challenge.Publication.SUBMITTED).annotate(
                since=Coalesce(submitted_at(), "updated_at")
            ),
            "since",
        ),
        "readings": (Reading.objects.to_validate(), "created_at"),
        "commitments": (
            Commitment.objects.due(SOON_DAYS).engaging(Commitment.Side.STATE),
            "due_on",
        ),
        "referents": (
            followed().exclude(pk__in=referents).annotate(since=without_referent_since()),
            "since",
        ),
        "messages": (Message.objects.troubled(), "created_on"),
    }


def submitted_at():
    """When a submitted challenge became so: the first version after the last one that was not."""
    versions = Challenge.history.filter(id=OuterRef("pk")).order_by()
    later = Challenge.history.filter(
        id=OuterRef("id"), history_date__gt=OuterRef("history_date")
    ).exclude(publication=Challenge.Publication.SUBMITTED)
    submitted = versions.filter(~Exists(later), publication=Challenge.Publication.SUBMITTED)
    return Subquery(
        submitted.values("id").annotate(first=Min("history_date")).values("first"),
    )


def without_referent_since():
    """The day the last referent left, or else the one of the label."""
    gone = Coordinator.objects.referents().filter(territory=OuterRef("pk")).order_by()
    left_on = gone.values("territory").annotate(last=Max(TruncDate("until"))).values("last")
    label = Designation.objects.in_force().filter(territory=OuterRef("pk")).order_by()
    granted_on = label.values("territory").annotate(last=Max("granted_on")).values("last")
    return latest_of(Subquery(left_on), Subquery(granted_on))


def day_of(text):
    """The day of a date or of a moment that SQL gave as text."""
    if not text:
        return None
    if len(text) == len("2026-11-03"):
        return date.fromisoformat(text)
    moment = parse_datetime(text)
    if timezone.is_naive(moment):
        moment = moment.replace(tzinfo=UTC)  # as SQLite keeps it
    return timezone.localdate(moment)


def news_of_territories():
    """How many territories followed are at each point of freshness, and since when one is silent.

    By the names of the filter of their list.
    """
    today = timezone.localdate()
    fresh = Q(active_on__gte=today - timedelta(days=FRESH_DAYS))
    silent = Q(active_on__lt=today - timedelta(days=QUIET_DAYS))
    return (
        followed()
        .with_activity()
        .aggregate(
            recentes=Count("pk", filter=fresh),
            anciennes=Count("pk", filter=Q(active_on__isnull=False) & ~fresh & ~silent),
            silence=Count("pk", filter=silent),
            jamais=Count("pk", filter=Q(active_on=None)),
            silent_since=Min("active_on", filter=silent),
        )
    )


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
        itself = When(areas__level="region", then="areas__name")
        ask("region", followed().filter(touching), Case(itself, default="areas__parents__name"))
        anchored = followed().filter(areas=None, anchor__parents__level="region")
        ask("region", anchored, F("anchor__parents__name"))
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
        regions = sorted(groups["region"].items(), key=lambda region: (-region[1], region[0]))
        regions = [(name, count, "") for name, count in regions]
        drawn.append(Chart("Territoires par région", "Territoires", bars_of(regions)))
    return drawn


def months(counts):
    counts = {day[:7]: count for day, count in counts.items()}
    days = first_days()
    rows = [(date_format(day, "N Y"), counts.get(f"{day:%Y-%m}", 0), "") for day in days]
    return Chart("Relevés par mois de mesure", "Relevés", bars_of(rows))


def last_acts(seen):
    """The last acts in the administration, on what the reader may see."""
    models = defaultdict(list)
    for model in seen:
        models[model._meta.app_label].append(model._meta.model_name)
    visible = Q(pk__in=[])
    for app, names in models.items():
        visible |= Q(content_type__app_label=app, content_type__model__in=names)
    rows = LogEntry.objects.filter(visible).select_related("user", "content_type")
    return rows.order_by("-action_time", "-pk")[:ACTS]
