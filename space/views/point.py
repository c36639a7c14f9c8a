"""« Point d’étape »: all the challenges of a territory on one page, each sent on its own."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from challenges.actions import report_progress
from challenges.models import Objective
from space import drafts
from space.access import coordinator_required
from space.forms import PointForm
from space.waiting import live_challenges


def point_forms(request, coordinator, sent=None):
    """A form a challenge, filled with its draft if there is one; ``sent`` instead of its own."""
    challenges = live_challenges([coordinator.territory_id])
    stepped = [
        objective
        for challenge in challenges
        for objective in challenge.objectives.all()
        if objective.kind == Objective.Kind.QUALITATIVE
    ]
    prefetch_related_objects(stepped, "milestones")
    address = {c.pk: point_address(coordinator, c) for c in challenges}
    kept = drafts.drafts_of(request, address.values())
    forms = []
    for challenge in challenges:
        draft = kept.get(address[challenge.pk])
        is_sent = sent == challenge.slug
        form = PointForm(
            request.POST if is_sent else None,
            request.FILES if is_sent else None,
            challenge=challenge,
            initial=dict(draft.fields) if draft else None,
        )
        form.draft, form.address = draft, address[challenge.pk]
        forms.append(form)
    return forms


def point_address(coordinator, challenge):
    return reverse("space:point-one", args=[coordinator.territory.slug, challenge.slug])


def show_point(request, coordinator, forms, invalid=None):
    return render(
        request,
        "space/point.html",
        {"coordinator": coordinator, "forms": forms, "invalid": invalid},
    )


@require_GET
@coordinator_required("can_write")
def point(request, coordinator):
    if drafts.take_back(request):
        messages.success(
            request, "Votre saisie a été retrouvée\u00a0: vérifiez-la, puis enregistrez."
        )
    return show_point(request, coordinator, point_forms(request, coordinator))


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def point_one(request, coordinator, challenge):
    page = reverse("space:point", args=[coordinator.territory.slug])
    if request.method == "GET":
        return redirect(page)
    forms = point_forms(request, coordinator, sent=challenge)
    form = next((form for form in forms if form.challenge.slug == challenge), None)
    if form is None:
        raise Http404
    if not form.is_valid():
        return show_point(request, coordinator, forms, invalid=form)
    if form.is_new(request.user):
        report_progress(
            challenge=form.challenge,
            by=request.user,
            mood=PointForm.NOTHING_NEW if form.is_nothing_new else form.cleaned_data["mood"],
            text=form.cleaned_data["text"],
            image=form.cleaned_data["photo"] or "",
            image_alt=form.cleaned_data["image_alt"],
            readings=form.readings,
            reached=form.reached,
            demonstration=coordinator.demonstration,
        )
        drafts.forget(request.user, form.address)
    messages.success(request, f"Enregistré\u00a0: {form.challenge.title}.", extra_tags=challenge)
    return redirect(f"{page}#defi-{form.challenge.pk}")


@require_POST
@coordinator_required("can_write")
def point_draft(request, coordinator, challenge):
    """Keep what is being typed; answers the time it was kept at, for the page to say it."""
    get_object_or_404(coordinator.territory.challenges, slug=challenge)
    address = reverse("space:point-one", args=[coordinator.territory.slug, challenge])
    draft = drafts.keep(request.user, address, request.POST)
    return JsonResponse({"kept_at": f"{timezone.localtime(draft.saved_at):%H h %M}"})
