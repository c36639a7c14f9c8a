"""Acts on a territory's team. Each is atomic, locks what it changes and knows no request."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from outbox.actions import enqueue_template
from territories.acts import ActError
from territories.models import Coordinator, Invitation, Territory
from territories.models.team import INVITATION_DAYS, Role, expiry


class TeamError(ActError):
    """The team may not change so; the message, in French, says why and what to do."""


NOBODY_TO_ASK = (
    "Personne ne peut plus répondre à cette demande\u00a0: écrivez à l’équipe du label, "
    "à l’adresse donnée dans les mentions légales."
)
LAST_REFERENT = (
    "Le territoire n’aurait plus de référent\u00a0: donnez d’abord ce rôle à quelqu’un d’autre."
)


@transaction.atomic
def invite(*, territory: Territory, email: str, role: str, by) -> Invitation:
    """Ask an address to join the team, and write to it.

    Gives it an account if it has none: that is the only way to one. ``TeamError`` when it is of
    the team already. Asked while an invitation waits, sends that one again, with the new role.
    """
    email = email.strip().lower()
    lock(territory)
    users = get_user_model().objects
    user = users.filter(email__iexact=email).first() or users.create_user(email)
    if Coordinator.objects.active().filter(territory=territory, user=user).exists():
        raise TeamError(f"{user.email} fait déjà partie de l’équipe.")
    invitation = territory.invitations.open().filter(email=email).first()
    if invitation:
        invitation.role = role
        return resend(invitation=invitation, by=by)
    invitation = Invitation.objects.create(
        territory=territory, email=email, role=role, invited_by=by
    )
    write(invitation)
    return invitation


@transaction.atomic
def resend(*, invitation: Invitation, by) -> Invitation:
    """Write again, with a new delay; the way on of an invitation that expired."""
    lock(invitation.territory)
    if not territory_invitations(invitation).exists():
        raise TeamError("Cette invitation a déjà reçu une réponse, ou a été retirée.")
    invitation.sent_at = timezone.now()
    invitation.expires_at = expiry()
    invitation.asked_again_at = None
    invitation.invited_by = by
    invitation.save()
    write(invitation)
    return invitation


@transaction.atomic
def ask_again(*, invitation: Invitation, user) -> None:
    """The invited person’s wish for an invitation that expired: told to who may send it again.

    At most one mail a day to each; asked twice a day, the second changes nothing. ``TeamError``
    when there is nothing to ask for, or nobody to ask.
    """
    lock(invitation.territory)
    current = territory_invitations(invitation).sent_to(user).first()
    if current is None:
        raise TeamError("Cette invitation a déjà reçu une réponse, ou a été retirée.")
    if not current.has_expired:
        raise TeamError("Cette invitation est valable\u00a0: vous pouvez y répondre.")
    if current.is_asked_today:
        return
    people = who_may_resend(current)
    if not people:
        raise TeamError(NOBODY_TO_ASK)
    current.asked_again_at = timezone.now()
    current.save()
    for person in people:
        ask(current, person)


@transaction.atomic
def revoke(*, invitation: Invitation) -> None:
    lock(invitation.territory)
    if territory_invitations(invitation).exists():
        invitation.revoked_at = timezone.now()
        invitation.save()


@transaction.atomic
def answer(*, invitation: Invitation, user, accepts: bool) -> Coordinator | None:
    """The invited person's answer; once accepted, their right. ``TeamError`` if it is too late."""
    lock(invitation.territory)
    if not territory_invitations(invitation).sent_to(user).exists():
        raise TeamError("Cette invitation a déjà reçu une réponse, ou a été retirée.")
    if accepts and invitation.has_expired:
        raise TeamError("Cette invitation a expiré\u00a0: demandez-en une nouvelle.")
    invitation.answered_at = timezone.now()
    invitation.is_accepted = accepts
    invitation.save()
    if not accepts:
        return None
    coordinator = Coordinator.objects.active().filter(
        territory=invitation.territory, user=user
    ).first() or Coordinator(territory=invitation.territory, user=user)
    coordinator.role = invitation.role
    coordinator.save()
    return coordinator


@transaction.atomic
def change_role(*, coordinator: Coordinator, role: str) -> None:
    """``TeamError`` when the territory would be left without a referent."""
    lock(coordinator.territory)
    if role != Role.REFERENT:
        keep_a_referent(coordinator)
    coordinator.role = role
    coordinator.save()


@transaction.atomic
def hand_over(*, coordinator: Coordinator, to: Coordinator) -> None:
    """Make somebody else of the team the referent in one's place; one stays a contributor."""
    if to.territory_id != coordinator.territory_id:
        raise TeamError("Cette personne n’est pas de la même équipe.")
    change_role(coordinator=to, role=Role.REFERENT)
    change_role(coordinator=coordinator, role=Role.CONTRIBUTOR)


@transaction.atomic
def end(*, coordinator: Coordinator) -> None:
    """End a right now. ``TeamError`` when the territory would be left without a referent."""
    lock(coordinator.territory)
    keep_a_referent(coordinator)
    coordinator.until = timezone.now()
    coordinator.save()


def keep_a_referent(coordinator):
    if coordinator.role != Role.REFERENT:
        return
    others = coordinator.territory.coordinators.active().exclude(pk=coordinator.pk)
    if not others.referents().exists():
        raise TeamError(LAST_REFERENT)


def lock(territory):
    """Two people changing one team wait for each other."""
    Territory.objects.select_for_update().get(pk=territory.pk)


def territory_invitations(invitation):
    return Invitation.objects.open().filter(pk=invitation.pk)


def who_may_resend(invitation):
    """Who invited, if they still may; else the referents of the territory; else the team."""
    coordinators = invitation.territory.coordinators.active().referents()
    referents = get_user_model().objects.filter(pk__in=coordinators.values("user"))
    team = ModelBackend().with_perm("territories.change_invitation").filter(is_staff=True)
    inviter = invitation.invited_by_id
    for people in [referents.filter(pk=inviter), team.filter(pk=inviter), referents, team]:
        if found := [*people]:
            return found
    return []


def write(invitation):
    enqueue_template(
        "emails/invitation",
        to=invitation.email,
        context={
            "invitation": invitation,
            "days": INVITATION_DAYS,
            "address": f"{settings.SITE_URL}/espace/",
        },
        key=f"invitation-{invitation.pk}-{invitation.sent_at.isoformat()}",
    )


def ask(invitation, person):
    """Tell someone who may send an invitation again, and where they do, that it is waited for."""
    referents = invitation.territory.coordinators.active().referents()
    path = (
        f"/espace/{invitation.territory.slug}/equipe/"
        if referents.filter(user=person).exists()
        else reverse("admin:territories_invitation_changelist")
    )
    enqueue_template(
        "emails/invitation_asked",
        to=person.email,
        context={"invitation": invitation, "address": settings.SITE_URL + path},
        key=f"invitation-asked-{invitation.pk}-{timezone.localdate()}-{person.pk}",
    )
