"""What was done in some territories, by whom and when, in words.

Read from the history of the models, from readings and from reports. It names people: show it only
to those who have a right in the territory.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DecimalField,
    F,
    OuterRef,
    Q,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Cast, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from challenges.models import Challenge, Milestone, Objective, ProgressReport, Reading
from challenges.progress import number, with_unit
from territories.french import long_date
from territories.models import Commitment, Coordinator

MOST = 10
THE_STAFF = "l’équipe du label"
FORMER = "un ancien membre de l’équipe"
WORDING = 60  # characters of an objective, enough to know which
TEXTS = {"need", "answer", "plain_summary"}
# Of the machine, or told in words of their own.
UNTOLD = {"id", "territory", "number", "slug", "updated_at", "demonstration"} | {
    "stage",
    "publication",
    "returned_because",
}
LINKS = ["themes", "audiences"]


@dataclass(frozen=True)
class Change:
    """One thing done: by whom if known, when, what in words, about what, where to see it."""

    who: str
    when: datetime
    what: str
    about: str
    address: str
    territory: int
    is_fictional: bool = False

    @property
    def on(self):
        return long_date(timezone.localdate(self.when))


class Fact(NamedTuple):
    """What every source tells of one thing done, in columns of one type: texts are never null."""

    source: str
    place: int
    at: datetime
    user: int | None
    batch: int | None
    about: str
    slug: str
    type: str = "+"
    word: str = ""
    note: str = ""
    unit: str = ""
    amount: Decimal | None = None
    row: int | None = None
    before: int | None = None


class People:
    """How the people who act in some territories are named to those who have a right there.

    The team sees its own, by address when without name, as on the page of the team; whoever left
    keeps their name alone; the staff stays one. One query.
    """

    def __init__(self, territories):
        self.coordinators = [
            *Coordinator.objects.filter(territory__in=territories)
            .select_related("user", "territory")
            .order_by("territory__name", "since")
        ]
        self.known = {}
        for coordinator in self.coordinators:
            user = coordinator.user
            key = (coordinator.territory_id, user.pk)
            if user.is_staff:
                self.known[key] = THE_STAFF
            elif coordinator.is_active or key not in self.known:
                self.known[key] = str(user) if coordinator.is_active else user.name or FORMER

    def name(self, user_id, territory_id):
        """Whoever was never of the team acts as staff; no name for an act that kept none."""
        return self.known.get((territory_id, user_id), THE_STAFF) if user_id else ""


def changes_of(territories=None, challenge=None, limit=MOST, names=None):
    """The last changes of some territories, ``limit`` for each, or of one challenge; latest first.

    Four queries at most, whatever their number; three when ``names`` are known already.
    """
    if challenge:
        territories = [challenge.territory_id]
    territories = [*(territories or [])]
    if not territories:
        return []
    names = names or People(territories)
    facts = facts_of(territories, challenge, 2 * limit)
    sheets = Sheets([fact for fact in facts if fact.source == "challenge"])
    found = [] if challenge else [*joined(names)]
    for fact in facts:
        what = sheets.words(fact) if fact.source == "challenge" else WORDS[fact.source](fact)
        if what:
            who = names.name(fact.user, fact.place)
            fictional = bool(fact.batch)
            found.append(
                Change(who, fact.at, what, fact.about, address_of(fact), fact.place, fictional)
            )
    return latest(found, limit)


def latest(changes, limit):
    kept, counts = [], defaultdict(int)
    for change in sorted(changes, key=lambda change: change.when, reverse=True):
        counts[change.territory] += 1
        if counts[change.territory] <= limit:
            kept.append(change)
    return kept


def facts_of(territories, challenge, most):
    """What every table tells, in one union."""
    sources = [readings, reports, milestones, objectives, sheets]
    if not challenge:
        sources.append(commitments)
    first, *others = [source(territories, challenge, most) for source in sources]
    return [*map(Fact._make, first.union(*others, all=True))]


NOTHING = {
    "type": Value("+"),
    "word": Value(""),
    "note": Value(""),
    "unit": Value(""),
    "amount": Cast(Value(None), DecimalField(max_digits=14, decimal_places=2)),
    "row": Cast(Value(None), BigIntegerField()),
    "before": Cast(Value(None), BigIntegerField()),
}
TEXTUAL = {"source", "about", "slug", "type", "word", "note", "unit"}


def facts(rows, most, **columns):
    """The last ``most`` rows of each territory, in the columns of ``Fact``."""
    given = {
        f"fact_{name}": Cast(value, CharField()) if name in TEXTUAL else value
        for name, value in (NOTHING | columns).items()
    }
    rank = Window(RowNumber(), partition_by=given["fact_place"], order_by=given["fact_at"].desc())
    last = rows.order_by().annotate(rank=rank).filter(rank__lte=most)
    return (
        rows.model.objects.filter(pk__in=last.values("pk"))
        .order_by()
        .annotate(**given)
        .values_list(*[f"fact_{name}" for name in Fact._fields])
    )


def told(path, territories, challenge):
    """Those of a challenge, or of all those published."""
    if challenge:
        return Q(**{path: challenge.pk})
    published = Challenge.Publication.PUBLISHED
    return Q(**{f"{path}__territory__in": territories, f"{path}__publication": published})


def previous(model, column):
    """What a column was before, in the history of a row."""
    return Subquery(
        model.history.model.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
        .order_by("-history_id")
        .values(column)[:1]
    )


def history(model, path, territories, challenge):
    kept = model.history.model.objects.exclude(history_type="-")
    return kept.filter(told(path, territories, challenge))


def past(path):
    """The columns that every history gives; ``path`` leads to the challenge."""
    return {
        "at": F("history_date"),
        "user": F("history_user_id"),
        "batch": F("demonstration_id"),
        "type": F("history_type"),
    } | about(path)


def about(path):
    return {
        "place": F(f"{path}territory_id"),
        "about": F(f"{path}title"),
        "slug": F(f"{path}slug"),
    }


def readings(territories, challenge, most):
    path = "objective__challenge"
    rows = history(Reading, path, territories, challenge).alias(was=previous(Reading, "state"))
    return facts(
        rows.filter(Q(history_type="+") | ~Q(state=F("was"))),
        most,
        **past(f"{path}__"),
        source=Value("reading"),
        word=F("state"),
        note=F("objective__wording"),
        unit=F("objective__unit"),
        amount=F("value"),
        before=F("supersedes_id"),
    )


def reports(territories, challenge, most):
    return facts(
        ProgressReport.objects.filter(told("challenge", territories, challenge)),
        most,
        **about("challenge__"),
        source=Value("report"),
        at=F("created_at"),
        user=F("by_id"),
        batch=F("demonstration_id"),
        word=F("mood"),
    )


def milestones(territories, challenge, most):
    path = "objective__challenge"
    rows = history(Milestone, path, territories, challenge).alias(
        was=previous(Milestone, "reached_on")
    )
    return facts(
        rows.filter(reached_on__isnull=False, was=None),
        most,
        **past(f"{path}__") | {"batch": F("objective__demonstration_id")},
        source=Value("milestone"),
        note=F("wording"),
    )


def objectives(territories, challenge, most):
    return facts(
        history(Objective, "challenge", territories, challenge),
        most,
        **past("challenge__"),
        source=Value("objective"),
        note=F("wording"),
    )


def sheets(territories, challenge, most):
    published = Challenge.objects.filter(
        territory__in=territories, publication=Challenge.Publication.PUBLISHED
    )
    rows = Challenge.history.model.objects.exclude(history_type="-")
    return facts(
        rows.filter(id__in=[challenge.pk] if challenge else published.values("pk")),
        most,
        **past(""),
        source=Value("challenge"),
        row=F("history_id"),
        before=previous(Challenge, "history_id"),
    )


def commitments(territories, challenge, most):
    rows = Commitment.history.model.objects.exclude(history_type="-")
    rows = rows.filter(territory__in=territories).alias(was=previous(Commitment, "state"))
    return facts(
        rows.filter(Q(history_type="+") | ~Q(state=F("was"))),
        most,
        **past("") | {"slug": F("territory__slug")},
        source=Value("commitment"),
        word=F("state"),
    )


def reading_words(fact):
    acts = {"validated": "validé", "rejected": "rejeté", "declared": "à nouveau déclaré"}
    act = acts[fact.word]
    if fact.type == "+":
        act = "corrigé" if fact.before else "ajouté"
    wording = Truncator(fact.note.removesuffix(".")).chars(WORDING)
    return f"Relevé {act}\u00a0: {with_unit(number(fact.amount), fact.unit)} ({wording})"


def objective_words(fact):
    return f"Objectif {'ajouté' if fact.type == '+' else 'modifié'}\u00a0: {fact.note}"


def commitment_words(fact):
    if fact.type == "+":
        return "Engagement ajouté"
    return f"Engagement\u00a0: {Commitment.State(fact.word).label}"


WORDS = {
    "reading": reading_words,
    "report": lambda fact: f"Point d’étape\u00a0: {ProgressReport.Mood(fact.word).label}",
    "milestone": lambda fact: f"Étape franchie\u00a0: {fact.note}",
    "objective": objective_words,
    "commitment": commitment_words,
}


class Sheets:
    """The sheets of challenges as they were, to say what a change changed. Two queries at most."""

    def __init__(self, facts):
        numbers = {n for fact in facts for n in [fact.row, fact.before] if n}
        self.rows, self.links = {}, defaultdict(set)
        model = Challenge.history.model
        told = {field.name for field in model._meta.fields} - UNTOLD
        self.fields = [field for field in Challenge._meta.fields if field.name in told]
        if not numbers:
            return
        kept = model.objects.filter(history_id__in=numbers)
        self.rows = {row["history_id"]: row for row in kept.values()}
        themes, audiences = [
            model._meta.get_field(f"historicalchallenge_{name}")
            .related_model.objects.filter(history__in=numbers)
            .order_by()
            .values_list(
                "history_id",
                Cast(Value(name), CharField()),
                Challenge._meta.get_field(name).m2m_reverse_field_name(),
            )
            for name in LINKS
        ]
        for history_id, name, linked in themes.union(audiences, all=True):
            self.links[history_id, name].add(linked)

    def words(self, fact):
        """What a change of a sheet is, in words; nothing when it changed nothing."""
        if fact.type == "+":
            return "Défi ajouté"
        if not fact.before:
            return ""
        new, old = self.rows[fact.row], self.rows[fact.before]
        said = []
        if new["publication"] != old["publication"]:
            said.append(f"Défi {Challenge.Publication(new['publication']).label}")
        if new["stage"] != old["stage"]:
            stage = Challenge.Stage(new["stage"]).label if new["stage"] else "non précisée"
            said.append(f"Étape du défi\u00a0: {stage}")
        changed = [field for field in self.fields if new[field.attname] != old[field.attname]]
        changed += [
            Challenge._meta.get_field(name)
            for name in LINKS
            if self.links[fact.row, name] != self.links[fact.before, name]
        ]
        if changed:
            kind = (
                "Texte modifié" if {field.name for field in changed} <= TEXTS else "Fiche modifiée"
            )
            said.append(f"{kind}\u00a0: {', '.join(field.verbose_name for field in changed)}")
        return ". ".join(said)


def joined(names):
    """Who joined the team, and who left."""
    now = timezone.now()
    for coordinator in names.coordinators:
        acts = [(coordinator.since, f"a rejoint l’équipe, comme {coordinator.get_role_display()}")]
        if coordinator.until:
            acts.append((coordinator.until, "n’est plus dans l’équipe"))
        for when, what in acts:
            if when <= now:
                yield Change(
                    names.name(coordinator.user_id, coordinator.territory_id),
                    when,
                    what,
                    coordinator.territory.name,
                    reverse("space:team", args=[coordinator.territory.slug]),
                    coordinator.territory_id,
                    bool(coordinator.demonstration_id),
                )


def address_of(fact):
    """The public page of it: all roles of the team may read it."""
    page = "territories:plan" if fact.source == "commitment" else "challenges:detail"
    return reverse(page, args=[fact.slug])
