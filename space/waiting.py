"""« Ce qui vous attend »: what a coordinator's territories lack today, computed at each reading."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge, Objective, Proposal
from territories.freshness import FRESH_DAYS
from territories.models import Commitment

SOON = timedelta(days=30)
LIVE_STAGES = Q(stage="") | ~Q(stage__in=[Challenge.Stage.ACHIEVED, Challenge.Stage.ABANDONED])


@dataclass(frozen=True)
class Task:
    """One thing to do: its words, what it is about, since or until when, where to do it."""

    what: str
    about: str
    territory: str
    when: date | None
    is_late: bool
    address: str


def live_challenges(territories):
    """The published challenges that go on, as cards, by territory then number."""
    return (
        Challenge.objects.filter(
            LIVE_STAGES, publication=Challenge.Publication.PUBLISHED, territory__in=territories
        )
        .order_by("territory__name", "number")
        .as_cards()
    )


def tasks(territories, challenges, today=None):
    """What waits in some territories, the late first; ``challenges`` are their live ones."""
    today = today or timezone.localdate()
    found = [task for challenge in challenges for task in measures(challenge, today)]
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
            commitment.territory.name,
            commitment.due_on,
            commitment.due_on < today,
            reverse("space:commitment", args=[commitment.territory.slug, commitment.pk]),
        )
        for commitment in owed
    ]
    found += [*sent_back(territories)]
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
            challenge.territory.name,
            latest.on if latest else None,
            bool(latest),
            f"{address}#defi-{challenge.pk}",
        )


def sent_back(territories):
    """What the label's team gave back: proposals to look at again, drafts to complete."""
    proposals = Proposal.objects.filter(
        state=Proposal.State.RETURNED, challenge__territory__in=territories
    )
    drafts = Challenge.objects.filter(
        publication=Challenge.Publication.DRAFT, territory__in=territories
    ).exclude(returned_because="")
    for what, challenge in [
        *[
            ("Revoir votre proposition", p.challenge)
            for p in proposals.select_related("challenge__territory")
        ],
        *[("Compléter ce défi avant publication", c) for c in drafts.select_related("territory")],
    ]:
        yield Task(
            what,
            challenge.title,
            challenge.territory.name,
            None,
            False,
            reverse("space:challenge", args=[challenge.territory.slug, challenge.slug]),
        )
