"""What waits for the team: each line with its count, its age and its list."""

from dataclasses import dataclass
from datetime import UTC, date

from django.db.models import CharField, Count, Exists, Max, Min, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from challenges.models import Challenge, Proposal, Reading
from frenchimpact.dashboard.followed import FOLLOWED, followed, list_of
from outbox.models import Message
from territories.admin.plan import SOON_DAYS
from territories.freshness import latest_of
from territories.models import Commitment, Coordinator, Designation, Territory


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


def how_long(days):
    """« il y a 3 jours », « dans 12 jours »."""
    if days in {0, 1, -1}:
        return {0: "aujourd’hui", 1: "hier", -1: "demain"}[days]
    when = "il y a" if days > 0 else "dans"
    days = abs(days)
    length = f"{days} jours" if days < 60 else f"{days * 12 // 365} mois"
    return f"{when} {length}".replace(" ", "\u00a0")


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
