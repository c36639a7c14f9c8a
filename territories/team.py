"""Acts of the label's team on the teams of territories: invite, hand a territory over.

Each is atomic, locks what it changes, says who and why, and knows no request. The ``…_lines``
functions tell of the teams as they stand; the ``…_plan`` ones, of what an act would change.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from territories.actions import invite, lock
from territories.acts import ActError, Line, kept, reason_given, record
from territories.models import Coordinator, Invitation, Territory
from territories.models.team import INVITATION_DAYS, Role

JUST_NOW = timedelta(minutes=1)  # a double click; later, one means to write again

WORDS = {
    Role.REFERENT: "référent",
    Role.CONTRIBUTOR: "contributeur",
    Role.READER: "lecteur",
}


def with_team(territories):
    """Territories by name, each with its ``team`` and the ``asked``, whom an invitation awaits."""
    team = Coordinator.objects.active().select_related("user").order_by("since")
    return territories.order_by("name").prefetch_related(
        Prefetch("coordinators", team, to_attr="team"),
        Prefetch("invitations", Invitation.objects.open(), to_attr="asked"),
    )


def team_lines(territories) -> list[Line]:
    lines = []
    for territory in with_team(territories):
        people = [f"{member.user} ({member.get_role_display()})" for member in territory.team]
        people += [f"{one.email} ({one.get_role_display()}, invité)" for one in territory.asked]
        told = "Équipe\u00a0: " + ", ".join(people) if people else "Personne encore."
        lines.append(Line(territory, told))
    return lines


# Inviting.


def invite_plan(territories, *, email, role) -> list[Line]:
    """What inviting an address would do, territory by territory."""
    return [invite_line(territory, email, role) for territory in with_team(territories)]


def invite_line(territory, email, role):
    for member in territory.team:
        if member.user.email.lower() == email.lower():
            has = member.get_role_display()
            return Line(territory, refusal=f"{email} fait déjà partie de l’équipe ({has}).")
    told = f"Un courriel part à {email}, pour le rôle de {WORDS[role]}."
    for asked in territory.asked:
        if asked.email.lower() == email.lower():
            if asked.role == role and timezone.now() - asked.sent_at < JUST_NOW:
                return Line(territory, refusal=f"L’invitation vient de partir à {email}.")
            told = f"L’invitation qui attend repart à {email}, pour le rôle de {WORDS[role]}."
    return Line(territory, f"{told} Aucun droit avant sa réponse.")


@transaction.atomic
def invite_each(*, territories, email: str, role: str, by) -> list[Line]:
    """Invite an address into the team of each territory where it is not yet; one mail for each."""
    for territory in territories.order_by("pk"):
        lock(territory)
    lines = invite_plan(territories, email=email, role=role)
    for territory in kept(lines):
        invite(territory=territory, email=email, role=role, by=by)
    return lines


# Handing over.


def entrust_plan(territories, *, to, email, stay, reason="") -> list[Line]:
    """Who would gain and lose what. ``ActError`` when that would change nothing, or may not be."""
    territory = with_team(territories).get()
    if to and to.pk not in {member.pk for member in territory.team}:
        raise ActError(
            "Cette personne ne fait plus partie de l’équipe\u00a0: choisissez de nouveau."
        )
    lines = [gain(territory, to, email)] if to is None or to.role != Role.REFERENT else []
    if lines and lines[0].refusal:
        raise ActError(lines[0].refusal)
    for referent in referents_of(territory).exclude(pk=to and to.pk):
        loss = (
            "Devient contributeur\u00a0: garde les défis et le plan, ne gère plus l’équipe."
            if stay
            else "Quitte l’équipe aujourd’hui\u00a0: n’entre plus dans l’espace du territoire."
        )
        lines.append(Line(referent, loss, name=f"{referent.user}, référent"))
    if not lines:
        raise ActError(f"{to.user} est déjà seul à ce rôle\u00a0: il n’y a rien à changer.")
    for asked in territory.asked:
        if asked.role == Role.REFERENT and asked.email != email:
            lines.append(Line(asked, refusal=STILL_ASKED, name=asked.email))
    return lines


STILL_ASKED = (
    "Une invitation au rôle de référent l’attend toujours\u00a0: retirez-la si elle n’a plus lieu "
    "d’être."
)


def gain(territory, to, email):
    if to:
        told = f"De {WORDS[to.role]} à référent\u00a0: gère l’équipe et les invitations."
        return Line(to, told, name=str(to.user))
    line = invite_line(territory, email, Role.REFERENT)
    told = (
        f"{line.effect} L’invitation vaut {INVITATION_DAYS}\u00a0jours\u00a0; d’ici là, le "
        "territoire n’a plus de référent."
    )
    return Line(territory, line.effect and told, line.refusal, name=email)


def referents_of(territory):
    """Those whose right runs, their account closed or not: it could be opened again."""
    now = timezone.now()
    return (
        territory.coordinators.referents()
        .filter(Q(until=None) | Q(until__gt=now), since__lte=now)
        .select_related("user")
        .order_by("pk")
    )


@transaction.atomic
def entrust(*, territory: Territory, to, email: str, stay: bool, reason: str, by) -> list[Line]:
    """Make ``to``, of the team, the referent of a territory, or invite ``email`` to be.

    The present referents leave now, or ``stay`` as contributors; their rights are dated, never
    deleted. Unlike a referent, the label's team may leave a territory without one meanwhile.
    """
    reason = reason_given(reason)
    lock(territory)
    rows = Territory.objects.filter(pk=territory.pk)
    lines = entrust_plan(rows, to=to, email=email, stay=stay)
    if to:
        to = Coordinator.objects.select_for_update().get(pk=to.pk)
        if to.role != Role.REFERENT:
            to.role = Role.REFERENT
            record(to, by=by, why=f"Passation\u00a0: {reason}")
    else:
        invite(territory=territory, email=email, role=Role.REFERENT, by=by)
    for referent in referents_of(territory).exclude(pk=to and to.pk):
        if stay:
            referent.role = Role.CONTRIBUTOR
        else:
            referent.until = timezone.now()
        record(referent, by=by, why=f"Passation\u00a0: {reason}")
    return lines
