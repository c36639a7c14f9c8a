"""Acts on the label. Each is atomic, locks what it changes, records who and why, knows no request.

The ``…_lines`` functions say what an act would do of each row; the act does it for those that are
not refused and returns the lines.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from territories.acts import ActError, Line, kept, locked, reason_given, record
from territories.models import Designation, Territory, Wave
from territories.models.label import Publication, day_of, granted, moment

State = Designation.State


def long_date(day):
    return date_format(day, "j F Y")


def long_moment(at):
    return date_format(timezone.localtime(at), r"j F Y à H\hi")


# Granting.


def grant_lines(territories) -> list[Line]:
    """What granting the label would do to each territory, whatever the wave."""
    territories = territories.order_by("name").prefetch_related("designations__wave")
    return [Line(t, refusal=held(t)) if held(t) else Line(t, sheet(t)) for t in territories]


def held(territory):
    """Why a territory cannot be given the label: it holds one, or one is suspended."""
    for designation in territory.designations.all():
        if designation.state == State.WITHDRAWN:
            continue
        if designation.state == State.SUSPENDED:
            return "Son label est suspendu\u00a0: rétablissez-le, ou retirez-le d’abord."
        if is_expired(designation):
            return (
                f"Son label a expiré le {long_date(designation.expires_on)}\u00a0: renouvelez-le."
            )
        if designation.wave.is_secret():
            return f"Il a déjà le label, sous embargo ({designation.wave})."
        return f"Il a déjà le label ({designation.wave})."
    return ""


def sheet(territory):
    """What is seen of the sheet of a territory that is given the label."""
    if territory.publication == Publication.PUBLISHED:
        return "Fiche publiée\u00a0: elle montrera le label, aussitôt ou à la fin de l’embargo."
    if territory.publication == Publication.DRAFT:
        return (
            "Fiche en brouillon\u00a0: le public ne verra rien tant qu’elle n’est pas publiée "
            "(annoncer la vague la publie)."
        )
    return "Fiche archivée\u00a0: le public ne verra rien tant qu’elle n’est pas publiée."


@transaction.atomic
def grant(
    *, territories, wave: Wave, granted_on, by, expires_on=None, has_embargo=False
) -> list[Line]:
    """Give the label to each territory that has none; ``has_embargo`` hides the wave first.

    ``ActError`` when the day is to come without an embargo, when the label expires before, and
    once the announcement is planned: it says which territories it is of.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if has_embargo and not wave.is_secret():
        hold(wave=wave, by=by)
        wave.refresh_from_db()
    if granted_on > timezone.localdate() and not wave.is_secret():
        raise ActError("Un label ne s’accorde à une date à venir que sous embargo.")
    if wave.is_secret() and wave.embargo_until:
        raise ActError(
            f"Son annonce est prévue le {long_moment(wave.embargo_until)}\u00a0: annulez-la, "
            "accordez le label, puis annoncez de nouveau."
        )
    if expires_on and expires_on <= granted_on:
        raise ActError("Le label ne peut expirer avant d’être accordé.")
    lines = grant_lines(locked(territories))
    for territory in kept(lines):
        designation = Designation(
            territory=territory, wave=wave, granted_on=granted_on, expires_on=expires_on
        )
        record(designation, by=by, why="Label accordé")
    return lines


# What becomes of a label.


def suspend_lines(designations) -> list[Line]:
    def refusal(designation):
        if designation.state == State.SUSPENDED:
            return "Il est déjà suspendu."
        if designation.state == State.WITHDRAWN:
            return "Il est retiré."
        if is_expired(designation):
            return f"Il a expiré le {long_date(designation.expires_on)}."
        return secret(designation)

    return lines_of(designations, refusal, "La fiche dira «\u00a0Label suspendu\u00a0»")


def withdraw_lines(designations) -> list[Line]:
    def refusal(designation):
        if designation.state == State.WITHDRAWN:
            return "Il est déjà retiré."
        return secret(designation)

    return lines_of(designations, refusal, "La fiche dira «\u00a0Label retiré\u00a0»")


def reinstate_lines(designations) -> list[Line]:
    others = Designation.objects.filter(state=State.ACTIVE).values_list("territory", flat=True)
    active = {*others.filter(territory__designations__in=[d.pk for d in designations])}

    def refusal(designation):
        if designation.state == State.ACTIVE:
            return "Il n’est pas suspendu."
        if designation.state == State.WITHDRAWN:
            return "Il est retiré\u00a0: accordez-en un nouveau."
        if designation.territory_id in active:
            return "Le territoire a reçu un autre label."
        return ""

    return lines_of(designations, refusal, "La fiche dira «\u00a0Labellisé\u00a0»", again=True)


def renew_lines(designations) -> list[Line]:
    def refusal(designation):
        if designation.state != State.ACTIVE:
            return f"Il est {designation.get_state_display()}."
        if designation.expires_on is None:
            return "Il n’a pas d’échéance."
        return secret(designation)

    return lines_of(designations, refusal, "La fiche dira «\u00a0Labellisé\u00a0»", again=True)


def lines_of(designations, refusal, effect, again=False):
    """``again`` when the act brings the territory back among those that hold the label."""
    where = (
        "le territoire compte parmi les labellisés\u00a0: accueil, «\u00a0Ma commune\u00a0»."
        if again
        else "le territoire reste dans la liste, mais ni l’accueil ni «\u00a0Ma commune\u00a0» ne "
        "le disent plus labellisé."
    )
    unread = "Rien de visible\u00a0: la fiche du territoire n’est pas publiée."
    lines = []
    for designation in designations.order_by("territory__name").select_related("territory", "wave"):
        why = refusal(designation)
        is_read = designation.territory.publication == Publication.PUBLISHED
        told = f"{effect}\u00a0; {where}" if is_read else unread
        lines.append(Line(designation, "" if why else told, why))
    return lines


def is_expired(designation):
    return bool(designation.expires_on and designation.expires_on <= timezone.localdate())


def secret(designation):
    if designation.wave.is_secret():
        return "Il est sous embargo\u00a0: supprimez la labellisation, le public n’en saura rien."
    return ""


@transaction.atomic
def suspend(*, designations, reason: str, by) -> list[Line]:
    return move(suspend_lines(locked(designations)), State.SUSPENDED, "Suspension", reason, by)


@transaction.atomic
def withdraw(*, designations, reason: str, by) -> list[Line]:
    return move(withdraw_lines(locked(designations)), State.WITHDRAWN, "Retrait", reason, by)


@transaction.atomic
def reinstate(*, designations, reason: str, by) -> list[Line]:
    """Lift a suspension. The territory is locked: it may not be given another label meanwhile."""
    territories = Territory.objects.filter(designations__in=[row.pk for row in designations])
    [*locked(territories)]
    lines = reinstate_lines(locked(designations))
    return move(lines, State.ACTIVE, "Rétablissement", reason, by)


def move(lines, state, act, reason, by):
    reason = reason_given(reason)
    for designation in kept(lines):
        designation.state = state
        designation.reason = reason
        record(designation, by=by, why=f"{act}\u00a0: {reason}")
    return lines


@transaction.atomic
def renew(*, designations, expires_on, reason: str, by) -> list[Line]:
    """Put off the day labels expire, also of those that have expired.

    ``ActError`` when the day is past, or comes before the one that a label has.
    """
    reason = reason_given(reason)
    if expires_on <= timezone.localdate():
        raise ActError("Choisissez une échéance à venir.")
    lines = renew_lines(locked(designations))
    for designation in kept(lines):
        if expires_on <= designation.expires_on:
            raise ActError(
                f"{designation.territory}\u00a0: son échéance, le "
                f"{long_date(designation.expires_on)}, n’est pas plus proche."
            )
        designation.expires_on = expires_on
        designation.reason = reason
        record(designation, by=by, why=f"Renouvellement\u00a0: {reason}")
    return lines


# The embargo of a wave, and its announcement.


def hold_lines(waves) -> list[Line]:
    known = {*Designation.objects.filter(granted(), wave__in=waves).values_list("wave", flat=True)}
    lines = []
    for wave in waves.order_by("number"):
        if wave.is_secret():
            lines.append(Line(wave, refusal="Elle est déjà sous embargo."))
        elif wave.is_announced() or wave.pk in known:
            lines.append(Line(wave, refusal="Elle est déjà publique\u00a0: on ne la cache plus."))
        else:
            told = "Les labels accordés dans cette vague restent secrets jusqu’à son annonce."
            lines.append(Line(wave, told))
    return lines


@transaction.atomic
def hold(*, wave: Wave, by) -> Wave:
    """Put a wave under embargo, until it is announced. ``ActError`` when the public knows it."""
    wave, line = only(hold_lines(locked(Wave.objects.filter(pk=wave.pk))))
    if line.refusal:
        raise ActError(f"{wave}\u00a0: {lower(line.refusal)}")
    wave.has_embargo, wave.embargo_until, wave.announced_on = True, None, None
    record(wave, by=by, why="Mise sous embargo")
    return wave


def announce_lines(waves) -> list[Line]:
    """What announcing a wave would do, territory by territory; a wave alone has one line."""
    lines = []
    for wave in waves.order_by("number"):
        rows = wave.designations.order_by("territory__name").select_related("territory")
        if wave.embargo_until and not wave.is_secret():
            lines.append(Line(wave, refusal="Elle est déjà annoncée."))
        elif not wave.has_embargo and hold_lines(Wave.objects.filter(pk=wave.pk))[0].refusal:
            lines.append(Line(wave, refusal="Elle est déjà publique."))
        elif not rows:
            lines.append(Line(wave, refusal="Aucun territoire n’y a encore reçu le label."))
        else:
            lines += told_of(rows)
    return lines


def told_of(designations):
    granted_elsewhere = {
        *Territory.objects.filter(designations__in=Designation.objects.granted()).values_list(
            "pk", flat=True
        )
    }
    for designation in designations:
        territory = designation.territory
        if territory.publication == Publication.PUBLISHED:
            yield Line(designation, "À l’heure dite, la fiche montre le label.")
        elif territory.publication == Publication.ARCHIVED:
            yield Line(designation, refusal="Fiche archivée\u00a0: elle ne paraîtra pas.")
        elif territory.pk in granted_elsewhere:
            # Published now, it would be seen at once, with the label it had.
            yield Line(
                designation,
                refusal="Brouillon d’un territoire qui eut déjà le label\u00a0: publiez sa fiche "
                "vous-même, le jour venu.",
            )
        else:
            yield Line(designation, "La fiche, en brouillon, paraît à l’heure dite.")


@transaction.atomic
def announce(*, wave: Wave, at, by) -> list[Line]:
    """Show all the labels of a wave at a moment, now or to come; until then none is seen.

    Publishes the drafts of its territories, which stay unseen until then. The moment may be
    changed until it has come. ``ActError`` when the wave is public already, is empty, or has a
    label that is granted on a later day.
    """
    waves = locked(Wave.objects.filter(pk=wave.pk))
    wave = waves.get()
    lines = announce_lines(waves)
    at = max(at, moment()).replace(microsecond=0)
    if isinstance(lines[0].row, Wave):
        raise ActError(f"{wave}\u00a0: {lower(lines[0].refusal)}")
    if not kept(lines):
        raise ActError("Aucune fiche de cette vague ne paraîtrait.")
    if late := wave.designations.filter(granted_on__gt=day_of(at)).first():
        raise ActError(
            f"{late.territory}\u00a0: son label n’est accordé que le {long_date(late.granted_on)}."
        )
    wave.has_embargo, wave.embargo_until, wave.announced_on = True, at, day_of(at)
    record(wave, by=by, why=f"Annonce le {long_moment(at)}")
    chosen = [designation.territory_id for designation in kept(lines)]
    for territory in locked(Territory.objects.filter(pk__in=chosen)):
        if territory.publication == Publication.DRAFT:
            territory.publication = Publication.PUBLISHED
            record(territory, by=by, why=f"Annonce de la {wave}, le {long_moment(at)}")
    return lines


def cancel_lines(waves) -> list[Line]:
    lines = []
    for wave in waves.order_by("number"):
        if not wave.embargo_until:
            lines.append(Line(wave, refusal="Aucune annonce n’est prévue."))
        elif not wave.is_secret():
            lines.append(Line(wave, refusal="L’annonce a eu lieu\u00a0: le public l’a lue."))
        else:
            told = (
                f"L’annonce du {long_moment(wave.embargo_until)} n’aura pas lieu. La vague reste "
                "sous embargo\u00a0; ses fiches restent prêtes, sans être visibles."
            )
            lines.append(Line(wave, told))
    return lines


@transaction.atomic
def cancel_announcement(*, wave: Wave, reason: str, by) -> Wave:
    """Give up an announcement to come; the embargo holds. ``ActError`` once it took place."""
    reason = reason_given(reason)
    wave, line = only(cancel_lines(locked(Wave.objects.filter(pk=wave.pk))))
    if line.refusal:
        raise ActError(f"{wave}\u00a0: {lower(line.refusal)}")
    wave.embargo_until = wave.announced_on = None
    record(wave, by=by, why=f"Annonce annulée\u00a0: {reason}")
    return wave


def only(lines):
    [line] = lines
    return line.row, line


def lower(sentence):
    return sentence[0].lower() + sentence[1:]
