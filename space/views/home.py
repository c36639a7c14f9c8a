from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_GET

from challenges.models import Challenge
from space import drafts
from space.access import signed_in
from space.waiting import live_challenges, tasks
from territories.models import Coordinator, Invitation


@require_GET
@signed_in
def home(request):
    """What waits for this person, then their territories."""
    if drafts.take_back(request):
        messages.success(
            request, "Votre saisie a été retrouvée\u00a0: elle est dans le formulaire."
        )
    coordinators = [
        *Coordinator.objects.active()
        .filter(user=request.user)
        .select_related("territory")
        .order_by("territory__name")
    ]
    challenges = live_challenges([c.territory_id for c in coordinators])
    unpublished = [
        *Challenge.objects.filter(
            publication__in=[Challenge.Publication.DRAFT, Challenge.Publication.SUBMITTED],
            territory__in=[c.territory_id for c in coordinators],
        ).order_by("number")
    ]
    for coordinator in coordinators:
        coordinator.unpublished = [
            c for c in unpublished if c.territory_id == coordinator.territory_id
        ]
        coordinator.challenges = [
            c for c in challenges if c.territory_id == coordinator.territory_id
        ]
    writing = {c.territory_id for c in coordinators if c.can_write}
    return render(
        request,
        "space/home.html",
        {
            "invitations": Invitation.objects.open()
            .sent_to(request.user)
            .select_related("territory", "invited_by"),
            "coordinators": coordinators,
            "tasks": tasks(writing, [c for c in challenges if c.territory_id in writing]),
        },
    )
