"""The readings of a challenge, and the correction of one: the old value stays, superseded."""

from django.contrib import messages
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from challenges.actions import CorrectionError, correct_reading
from challenges.models import Challenge, Reading
from challenges.progress import number
from space import drafts
from space.access import coordinator_required
from space.changes import People, changes_of
from space.corrections import CorrectionForm, objectives_of, reading_address, row_of


def published(coordinator, slug):
    """A challenge whose readings the public sees; those of one that is over are corrected too."""
    challenges = coordinator.territory.challenges
    return get_object_or_404(challenges, slug=slug, publication=Challenge.Publication.PUBLISHED)


def reading_of(challenge, pk):
    readings = Reading.objects.filter(objective__challenge=challenge)
    return get_object_or_404(readings.select_related("objective", "superseded_by"), pk=pk)


@require_GET
@coordinator_required("can_write")
def readings(request, coordinator, challenge):
    found = published(coordinator, challenge)
    names = People([coordinator.territory_id])
    return render(
        request,
        "space/readings.html",
        {
            "coordinator": coordinator,
            "challenge": found,
            "objectives": objectives_of(found, names),
            "changes": changes_of(challenge=found, names=names),
        },
    )


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def reading(request, coordinator, challenge, pk):
    """Correct a reading. Whoever comes second sees what the first one wrote, and may go on."""
    found = published(coordinator, challenge)
    wrong = reading_of(found, pk)
    if request.method == "GET":
        return show_reading(request, coordinator, found, wrong)
    form = CorrectionForm(request.POST, reading=wrong)
    if not form.is_valid():
        return show_reading(request, coordinator, found, wrong, form)
    try:
        # Refused, the form was not received: it may be sent again.
        with transaction.atomic():
            if form.is_new(request.user):
                correct_reading(
                    reading=wrong,
                    by=request.user,
                    demonstration=coordinator.demonstration,
                    **form.said(),
                )
    except CorrectionError as error:
        form.add_error(None, error)
        return show_reading(request, coordinator, found, wrong, form, status=409)
    for forgotten in filter(None, [wrong, wrong.supersedes]):
        drafts.forget(request.user, reading_address(coordinator, found, forgotten))
    messages.success(request, f"Relevé corrigé\u00a0: {number(form.cleaned_data['value'])}.")
    return redirect("space:readings", coordinator.territory.slug, found.slug)


def show_reading(request, coordinator, challenge, wrong, form=None, status=200):
    """The form, sent to what stands now in the place of the reading: None when it was rejected."""
    current = wrong.current()
    draft = None
    if form is None:
        if drafts.take_back(request):
            messages.success(
                request, "Votre saisie a été retrouvée\u00a0: vérifiez-la, puis enregistrez."
            )
        address = reading_address(coordinator, challenge, wrong)
        draft = drafts.drafts_of(request, [address]).get(address)
        form = CorrectionForm(reading=current or wrong, initial=draft and draft.fields)
    names = People([coordinator.territory_id])
    to = current or wrong
    return render(
        request,
        "space/reading.html",
        {
            "coordinator": coordinator,
            "challenge": challenge,
            "row": row_of(wrong, names, challenge.territory_id),
            "current": row_of(current, names, challenge.territory_id) if current else None,
            "form": form,
            "draft": draft,
            "address": reading_address(coordinator, challenge, to),
            "draft_address": reading_address(coordinator, challenge, to, "reading-draft"),
        },
        status=status,
    )


@require_POST
@coordinator_required("can_write")
def reading_draft(request, coordinator, challenge, pk):
    """Keep what is being typed; answers the time it was kept at, for the page to say it."""
    found = published(coordinator, challenge)
    address = reading_address(coordinator, found, reading_of(found, pk))
    draft = drafts.keep(request.user, address, request.POST)
    return JsonResponse({"kept_at": f"{timezone.localtime(draft.saved_at):%H h %M}"})
