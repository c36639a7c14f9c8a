"""Acts of the label's team on readings. Each is atomic, locks what it changes, says who and why.

The ``…_lines`` functions say what an act would do of each reading, and why it leaves some.
"""

from django.db import transaction

from challenges.models import Challenge, Reading
from territories.acts import Line, kept, locked, reason_given, record

State = Reading.State
HIDDEN = "Rien de visible\u00a0: la fiche du défi n’est pas publique."


def validate_lines(readings) -> list[Line]:
    def told(reading):
        if reading.state == State.REJECTED:
            return "Rejeté jusqu’ici, il compte de nouveau\u00a0; il dira «\u00a0Validé\u00a0»."
        return "Le relevé dira «\u00a0Validé\u00a0»."

    return lines_of(readings, State.VALIDATED, "Corrigé depuis\u00a0: validez sa correction.", told)


def reject_lines(readings) -> list[Line]:
    def told(reading):
        if reading.supersedes:
            return f"Il quitte la page\u00a0; {reading.supersedes} compte de nouveau."
        return "Il quitte la page, la courbe et les calculs."

    return lines_of(readings, State.REJECTED, "Corrigé depuis\u00a0: il ne compte déjà plus.", told)


def lines_of(readings, state, corrected, told):
    # Prefetched: PostgreSQL locks no row that is joined outwards.
    readings = readings.order_by("pk").prefetch_related(
        "superseded_by", "supersedes", "objective__challenge"
    )
    rows = [*readings]
    public = {
        *Challenge.objects.published()
        .filter(pk__in=[row.objective.challenge_id for row in rows])
        .values_list("pk", flat=True)
    }
    lines = []
    for row in rows:
        later = getattr(row, "superseded_by", None)
        name = f"{row.objective.challenge}, «\u00a0{row.objective}\u00a0»\u00a0: {row}"
        if row.state == state:
            lines.append(Line(row, refusal=f"Déjà {row.get_state_display()}.", name=name))
        elif later and later.state != State.REJECTED:
            lines.append(Line(row, refusal=corrected, name=name))
        else:
            effect = told(row) if row.objective.challenge_id in public else HIDDEN
            lines.append(Line(row, effect, name=name))
    return lines


@transaction.atomic
def validate(*, readings, by) -> list[Line]:
    return move(readings, validate_lines, State.VALIDATED, "Validation", by)


@transaction.atomic
def reject(*, readings, reason: str, by) -> list[Line]:
    return move(readings, reject_lines, State.REJECTED, f"Rejet\u00a0: {reason_given(reason)}", by)


def move(readings, lines_of_act, state, why, by):
    # Their challenges first, as whoever corrects a reading does.
    [*locked(Challenge.objects.filter(objectives__readings__in=[row.pk for row in readings]))]
    lines = lines_of_act(locked(readings))
    for reading in kept(lines):
        reading.state = state
        record(reading, by=by, why=why)
    return lines
