"""Acts on challenges. Each is atomic, locks what it changes and knows no request."""

from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge, ProgressReport, Reading


@transaction.atomic
def report_progress(
    *, challenge, by, mood="", text="", readings=(), reached=(), demonstration=None
):
    """Record a « point d'étape »: what was measured, the milestones reached, a few words.

    ``readings`` are dicts of ``objective``, ``on``, ``value``, ``source`` and ``comment``;
    ``reached`` pairs of a milestone and its date. Without ``mood``, no report is written: figures
    speak alone. The public sees all at once, as declared. ``demonstration`` marks it all as
    fictional. Returns the report, or None.
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
        demonstration=demonstration,
    )
