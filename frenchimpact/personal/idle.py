"""Accounts left for two years: their person is written to, then they are erased a month later."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.models import User
from frenchimpact.personal.erase import erase, objections
from outbox.actions import enqueue_template
from outbox.models import FINISHED, Message
from territories.models import Invitation

IDLE = timedelta(days=730)
NOTICE = timedelta(days=30)


@dataclass
class Purge:
    """``kept``: accounts that should go and may not, each with why."""

    warned: int = 0
    erased: int = 0
    kept: list[tuple[User, list[str]]] = field(default_factory=list)


def idle(at):
    """The accounts left for two years, or that will be in a month; the oldest first.

    Not those of an address that cannot exist (RFC 2606), such as the erased ones.
    """
    return (
        User.objects.annotate(
            seen_at=Greatest("date_joined", Coalesce(F("last_login"), F("date_joined")))
        )
        .filter(seen_at__lte=at - IDLE + NOTICE)
        .exclude(email__iendswith=".invalid")
        .order_by("seen_at", "pk")
    )


def purge(at=None) -> Purge:
    """Write to whoever is due, erase who was written to a month ago; report who may not go.

    One transaction an account. Run twice, writes to nobody twice.
    """
    at = at or timezone.now()
    done = Purge()
    for pk in [*idle(at).values_list("pk", flat=True)]:
        treat(pk, at, done)
    return done


@transaction.atomic
def treat(pk, at, done):
    # Locked first: somebody may be signing in.
    User.objects.select_for_update().filter(pk=pk).first()
    user = idle(at).filter(pk=pk).first()
    if user is None or is_awaited(user, at):
        return
    if objected := kept_because(user):
        done.kept.append((user, objected))
        return
    # What they were told holds as long as they do not come back.
    key = f"idle-account-{user.pk}-{user.seen_at.isoformat()}"
    notice = Message.objects.filter(key=key).first()
    if notice is None:
        warn(user, key, at)
        done.warned += 1
    elif user.seen_at <= at - IDLE and was_told(notice, at):
        erase(address=user.email)
        done.erased += 1


def is_awaited(user, at):
    """Whether an invitation still waits for their answer."""
    return Invitation.objects.open().sent_to(user).filter(expires_at__gt=at).exists()


def kept_because(user):
    if user.is_superuser and user.is_active:
        return ["C’est un superutilisateur\u00a0: fermez son compte, ou effacez-le vous-même."]
    return objections(user)


def was_told(notice, at):
    """Whether the mail left, or never will, a month ago: a queue that is stuck gives no notice."""
    return notice.state in FINISHED and (notice.sent_on or notice.created_on) <= at - NOTICE


def warn(user, key, at):
    enqueue_template(
        "emails/idle_account",
        to=user.email,
        context={
            "user": user,
            "last_day": timezone.localdate(max(user.seen_at + IDLE, at + NOTICE)),
        },
        key=key,
        created_on=at,
    )
