"""« Voir comme »: staff see the space as a coordinator does, without any right to write there.

Whoever looks stays signed in as themselves. Their session names the ``Viewing`` under way, and
nothing else; everything is asked again at every page (``space.middleware``).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.journal import note_look
from accounts.models import User
from space.models import Viewing
from territories.models import Coordinator, Invitation

KEY = "viewing"  # of the session
RIGHT = "space.add_viewing"
MINUTES = 30
JUST_NOW = timedelta(minutes=1)  # a double click; later, one means another reason

STOPPED = "arrêtée"
REPLACED = "remplacée par une autre"
SIGNED_OUT = "déconnexion"
TIME_PAST = f"les {MINUTES}\u00a0minutes sont passées"
RIGHT_LOST = "le droit de le faire a été retiré"
ENDED = "la consultation a été arrêtée, ou remplacée par une autre"


def may_view(user) -> bool:
    return user.is_active and user.is_staff and user.has_perm(RIGHT)


def refusal(user) -> str:
    """Why nobody sees the space as this account; nothing when the administration may."""
    if not user.is_active:
        return "ce compte est fermé"
    if user.is_staff or user.is_superuser:
        return "ce compte est de l’équipe du label"
    if not (
        Coordinator.objects.filter(user=user).exists()
        or Invitation.objects.open().sent_to(user).exists()
    ):
        return "ce compte n’a ni droit ni invitation dans l’espace"
    return ""


def why_over(viewing, at=None) -> str:
    """Why a viewing may not go on; nothing when it may."""
    if viewing.ended_at:
        return ENDED
    if viewing.until <= (at or timezone.now()):
        return TIME_PAST
    if not may_view(viewing.viewer):
        return RIGHT_LOST
    return refusal(viewing.user)


def kept(request):
    """The viewing that this session names, over or not, if it is of who is signed in; or None."""
    pk = request.session.get(KEY)
    if not isinstance(pk, int) or not request.user.is_authenticated:
        return None
    found = Viewing.objects.filter(pk=pk, viewer_id=request.user.pk)
    return found.select_related("viewer", "user").first()


@transaction.atomic
def start(*, viewer, user, reason: str) -> Viewing:
    """Let ``viewer`` see the space as ``user`` from now; ends what they were looking at.

    One at a time for each of the staff. A double click gets the same one, noted once.
    """
    User.objects.select_for_update().get(pk=viewer.pk)
    now = timezone.now()
    for other in Viewing.objects.open().filter(viewer=viewer).select_related("viewer", "user"):
        if other.user == user and other.reason == reason and now - other.started_at < JUST_NOW:
            return other
        end(viewing=other, why=REPLACED)
    viewing = Viewing.objects.create(
        viewer=viewer,
        user=user,
        reason=reason,
        started_at=now,
        until=now + timedelta(minutes=MINUTES),
    )
    told = f"jusqu’à {timezone.localtime(viewing.until):%H h %M} au plus"
    note_look(
        by=viewer,
        account=user,
        told=f"Début\u00a0: voit l’espace comme cette personne, en lecture seule, {told}. "
        f"Motif\u00a0: {reason}",
        at=now,
    )
    return viewing


@transaction.atomic
def end(*, viewing: Viewing, why: str) -> None:
    """Close a viewing, once: at its own end when that has passed. The journal says why."""
    found = Viewing.objects.select_for_update().open().filter(pk=viewing.pk).first()
    if found is None:
        return
    found.ended_at = min(timezone.now(), found.until)
    found.save(update_fields=["ended_at"])
    if viewing.viewer:
        told = f"Fin\u00a0: ne voit plus l’espace comme cette personne ({why})."
        note_look(by=viewing.viewer, account=viewing.user, told=told, at=found.ended_at)


def end_overdue(at=None) -> int:
    """Close those left by closing the browser, at the time they ended; return how many."""
    overdue = Viewing.objects.open().filter(until__lte=at or timezone.now())
    found = [*overdue.select_related("viewer", "user")]
    for viewing in found:
        end(viewing=viewing, why=TIME_PAST)
    return len(found)
