"""Acts on challenges. Each is atomic, locks what it changes and knows no request."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge, ProgressReport, Reading


@transaction.atomic
def report_progress(
    *,
    challenge,
    by,
    mood="",
    text="",
    image="",
    image_alt="",
    readings=(),
    reached=(),
    demonstration=None,
):
    """Record a « point d'étape »: what was measured, the milestones reached, a few words.

    ``readings`` are dicts of ``objective``, ``on``, ``value``, ``source`` and ``comment``;
    ``reached`` pairs of a milestone and its date. Without ``mood``, no report is written: figures
    speak alone. ``image``, a picture just read, is shown with the report. The public sees all at
    once, as declared. ``demonstration`` marks it all as fictional. Returns the report, or None.
    """
    Challenge.objects.select_for_update().get(pk=challenge.pk)
    for reading in readings:
        Reading.objects.create(
            by=by, state=Reading.State.DECLARED, demonstration=demonstration, **reading
        )
    for milestone, on in reached:
        milestone.reached_on = on
        milestone.save()
    if not mood:
        return None
    return ProgressReport.objects.create(
        challenge=challenge,
        by=by,
        on=timezone.localdate(),
        mood=mood,
        text=text,
        image=image,
        image_alt=image_alt,
        demonstration=demonstration,
    )


class CorrectionError(ValidationError):
    """A reading may not be corrected so; the message, in French, says why and what to do."""


@transaction.atomic
def correct_reading(
    *, reading: Reading, by, value, on, source: str, comment: str, demonstration=None
) -> Reading:
    """Record another value in the place of one that stands; the old one stays, superseded.

    ``comment`` says why. The correction is only declared, though the old one was validated.
    ``CorrectionError`` when somebody corrected or rejected it first, and when a real value would
    supersede a fictional one, with which it would have to go.
    """
    Challenge.objects.select_for_update().get(objectives=reading.objective_id)
    reading.refresh_from_db()
    current = reading.current()
    if current is None:
        raise CorrectionError(
            "Ce relevé a été rejeté\u00a0: donnez la bonne valeur dans le point d’étape."
        )
    if current != reading:
        raise CorrectionError("Ce relevé a été corrigé entre-temps par quelqu’un d’autre.")
    if reading.demonstration_id and not demonstration:
        raise CorrectionError(
            "Ce relevé est fictif et ne se corrige pas\u00a0: donnez la vraie valeur dans le point "
            "d’étape."
        )
    # A correction that was rejected gives up its place: only one may hold it.
    for rejected in Reading.objects.filter(supersedes=reading):
        rejected.supersedes = None
        rejected.save()
    return Reading.objects.create(
        objective_id=reading.objective_id,
        by=by,
        value=value,
        on=on,
        source=source,
        comment=comment,
        supersedes=reading,
        demonstration=demonstration,
    )


@transaction.atomic
def change_stage(*, challenge, stage):
    """Say at which stage a challenge is: progress, that the public sees at once."""
    challenge = Challenge.objects.select_for_update().get(pk=challenge.pk)
    challenge.stage = stage
    challenge.save()
    return challenge
