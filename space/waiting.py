"""« Ce qui vous attend »: what a coordinator's territories lack today, computed at each reading."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge, Objective, Proposal
from space.models import Reminder
from territories.freshness import FRESH_DAYS
from territories.models import Commitment, Territory

SOON = timedelta(days=30)
LIVE_STAGES = Q(stage="") | ~Q(stage__in=[Challenge.Stage.ACHIEVED, Challenge.Stage.ABANDONED])


@dataclass(frozen=True)
class Task:
    """One thing to do: its words, what it is about, since or until when, where to do it.

    Of what reminders tell, ``kind`` and ``pk`` name the objective or the commitment, ``due_on`` the
    day it was or is to be done by: none for what was never measured.
    """

    what: str
    about: str
    territory: Territory
    when: date | None
    is_late: bool
    address: str
    kind: str = ""
    pk: int | None = None
    due_on: date | None = None
    is_fictional: bool = False

    @property
    def is_to_remind(self):
        """Not of what was sent back: a mail said so at once, and nobody is hurried on a draft."""
        return bool(self.kind) and not self.is_fictional


def live_challenges(territories):
    """The published challenges that go on, as cards, by territory then number.

    Each also says whether it ``has_theme`` and ``has_audience``.
    """
    own = {"challenge": OuterRef("pk")}
    return (
        Challenge.objects.filter(
            LIVE_STAGES, publication=Challenge.Publication.PUBLISHED, territory__in=territories
        )
        .annotate(
            has_theme=Exists(Challenge.themes.through.objects.filter(**own)),
            has_audience=Exists(Challenge.audiences.through.objects.filter(**own)),
        )
        .order_by("territory__name", "number")
        .as_cards()
    )


def tasks(territories, challenges, unsettled=(), today=None):
    """What waits in some territories, the late first.

    ``challenges`` are their live ones, ``unsettled`` those that may have been given back.
    """
    today = today or timezone.localdate()
    found = [task for challenge in challenges for task in measures(challenge, today)]
    found += [task for challenge in challenges for task in blanks(challenge)]
    owed = Commitment.objects.filter(
        territory__in=territories,
        side__in=[Commitment.Side.TERRITORY, Commitment.Side.JOINT],
        state__in=Commitment.OPEN,
        due_on__lte=today + SOON,
    ).select_related("territory")
    found += [
        Task(
            "Dire où en est l’engagement",
            commitment.title,
            commitment.territory,
            commitment.due_on,
            commitment.due_on < today,
            reverse("space:commitment", args=[commitment.territory.slug, commitment.pk]),
            Reminder.Kind.COMMITMENT,
            commitment.pk,
            commitment.due_on,
            bool(commitment.demonstration_id),
        )
        for commitment in owed
    ]
    found += [*sent_back(unsettled)]
    return sorted(found, key=lambda task: (not task.is_late, task.when or date.min, task.about))


def measures(challenge, today):
    """Its objectives never measured, or not for a quarter and a month."""
    address = reverse("space:point", args=[challenge.territory.slug])
    for objective in challenge.objectives.all():
        if objective.kind == Objective.Kind.QUALITATIVE or objective.progress.reached:
            continue
        latest = objective.progress.latest
        if latest and (today - latest.on).days <= FRESH_DAYS:
            continue
        yield Task(
            "Mesurer à nouveau" if latest else "Donner une première mesure",
            f"{challenge.title}\u00a0: {objective.wording}",
            challenge.territory,
            latest.on if latest else None,
            bool(latest),
            f"{address}#defi-{challenge.pk}",
            Reminder.Kind.MEASURE,
            objective.pk,
            latest.on + timedelta(days=FRESH_DAYS) if latest else None,
            bool(objective.demonstration_id or (latest and latest.demonstration_id)),
        )


def sheet_task(what, about, challenge):
    """Something to do on the sheet of a challenge."""
    address = reverse("space:challenge", args=[challenge.territory.slug, challenge.slug])
    return Task(what, about, challenge.territory, None, False, address)


def unsettled(territories):
    """The challenges of some territories that the label's team has still to read, or gave back.

    Annotated with ``is_returned``: their proposal is to look at again.
    """
    returned = Proposal.objects.filter(state=Proposal.State.RETURNED, challenge=OuterRef("pk"))
    unpublished = Q(publication__in=[Challenge.Publication.DRAFT, Challenge.Publication.SUBMITTED])
    return (
        Challenge.objects.filter(territory__in=territories)
        .annotate(is_returned=Exists(returned))
        .filter(unpublished | Q(is_returned=True))
        .select_related("territory")
        .order_by("number")
    )


def sent_back(challenges):
    """What the label's team gave back among ``unsettled`` challenges."""
    for challenge in challenges:
        if challenge.is_returned:
            yield sheet_task("Revoir votre proposition", challenge.title, challenge)
        if challenge.returned_because and challenge.publication == Challenge.Publication.DRAFT:
            yield sheet_task("Compléter ce défi avant publication", challenge.title, challenge)


def blanks(challenge):
    """What a citizen would look for on its sheet and not find, as one task."""
    expected = {
        "le besoin": challenge.need,
        "la réponse": challenge.answer,
        "à qui il s’adresse": challenge.has_audience,
        "son thème": challenge.has_theme,
        "un objectif": challenge.objectives.all(),
        "son étape": challenge.stage,
    }
    missing = [words for words, found in expected.items() if not found]
    if missing:
        about = f"{challenge.title}\u00a0: il manque {listed(missing)}"
        yield sheet_task("Compléter la fiche", about, challenge)


def listed(words):
    """« a », « a et b », « a, b et c »."""
    return " et ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
