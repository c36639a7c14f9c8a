"""Reminders by mail of what waits: one mail a person for all their territories, never in bursts.

What waits is what ``space.waiting`` says on their page. Each thing is told of before its due date,
once it has passed, then at most monthly while it stays.
"""

from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from outbox.actions import enqueue_template
from space.models import Refusal, Reminder
from space.waiting import live_challenges, tasks
from territories.models import Coordinator, Territory

AHEAD = timedelta(days=14)  # of a due date
AGAIN = timedelta(days=30)  # between two reminders of one thing
BETWEEN_MAILS = timedelta(days=7)  # to one person, whatever waits
USEFUL = timedelta(days=2)  # past which a mail not sent yet would say what has changed


def reminded():
    """The rights that bring reminders: to write, now, in a territory the public reads.

    Not those of a demonstration, nor of an address that cannot exist (RFC 2606).
    """
    refused = Refusal.objects.filter(
        Q(territory=None) | Q(territory=OuterRef("territory")), user=OuterRef("user")
    )
    return (
        Coordinator.objects.active()
        .writing()
        .filter(~Exists(refused), territory__in=Territory.objects.public(), demonstration=None)
        .exclude(user__email__iendswith=".invalid")
    )


def send_reminders(today: date | None = None) -> int:
    """Queue the mail of each person who is to be reminded on a day; return how many."""
    today = today or timezone.localdate()
    people = reminded().order_by("user_id").values_list("user_id", flat=True).distinct()
    return sum(remind(user_id=user_id, today=today) for user_id in [*people])


@transaction.atomic
def remind(*, user_id: int, today: date) -> bool:
    """Queue one person's mail and note what it tells of, or do neither; return whether it did.

    Two at once wait for each other, and the second finds what the first noted.
    """
    user = get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)
    noted = [*Reminder.objects.filter(user=user).order_by("moment")]
    if any(reminder.sent_on > today - BETWEEN_MAILS for reminder in noted):
        return False
    last = {reminder.thing: reminder for reminder in noted}
    told = []
    for task in waiting(user, today):
        note = Reminder(
            user=user, kind=task.kind, object_id=task.pk, due_on=task.due_on, sent_on=today
        )
        note.moment = moment_of(task, last.get(note.thing), today)
        if note.moment is not None:
            told.append((task, note))
    if not told:
        return False
    Reminder.objects.bulk_create([note for _, note in told])
    write(user, [task for task, _ in told], today)
    return True


def waiting(user, today):
    """What somebody may be reminded of, by territory, the late first."""
    territories = {right.territory_id for right in reminded().filter(user=user)}
    found = tasks(territories, live_challenges(territories), today=today)
    reminded_of = [task for task in found if task.is_to_remind]
    return sorted(reminded_of, key=lambda task: (task.territory.name, task.territory.pk))


def moment_of(task, last, today):
    """Which reminder of a thing its ``last`` one, if any, leads to on a day; None for none."""
    if last and last.moment >= Reminder.AFTER:
        return last.moment + 1 if today - last.sent_on >= AGAIN else None
    if task.is_late or task.due_on is None:
        return Reminder.AFTER
    return Reminder.BEFORE if not last and task.due_on - today <= AHEAD else None


def write(user, told, today):
    by_territory = groupby(told, key=lambda task: task.territory)
    enqueue_template(
        "emails/reminder",
        to=user.email,
        context={
            "user": user,
            "count": len(told),
            "territories": [(territory, [*things]) for territory, things in by_territory],
        },
        key=f"reminder-{user.pk}-{today.isoformat()}",
        not_after=timezone.now() + USEFUL,
    )


def refuse(*, user, territory: Territory | None) -> None:
    """Remind somebody of a territory no more; of nothing any more, when none is given."""
    Refusal.objects.get_or_create(user=user, territory=territory)


def accept(*, user, territory: Territory | None) -> None:
    """The opposite of ``refuse``; what was refused for one territory stays when none is given."""
    Refusal.objects.filter(user=user, territory=territory).delete()
