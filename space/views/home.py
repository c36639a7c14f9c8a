from django.contrib import messages
from django.shortcuts import render
from django.views.decorators.http import require_GET

from challenges.models import Challenge
from space import drafts
from space.access import signed_in
from space.changes import People, changes_of
from space.waiting import live_challenges, tasks, unsettled
from territories.models import Coordinator, Invitation


@require_GET
@signed_in
def home(request):
    """What waits for this person, their territories, and what was done there lately."""
    if drafts.take_back(request):
        messages.success(
            request, "Votre saisie a été retrouvée\u00a0: elle est dans le formulaire."
        )
    own = Coordinator.objects.active().filter(user=request.user)
    names = People(own.values("territory"))
    coordinators = [c for c in names.coordinators if c.user_id == request.user.pk and c.is_active]
    challenges = live_challenges([c.territory_id for c in coordinators])
    waiting = [*unsettled([c.territory_id for c in coordinators])]
    changes = changes_of([c.territory_id for c in coordinators], names=names)
    for coordinator in coordinators:
        place = coordinator.territory_id
        coordinator.challenges = [c for c in challenges if c.territory_id == place]
        coordinator.unpublished = [
            c
            for c in waiting
            if c.territory_id == place and c.publication != Challenge.Publication.PUBLISHED
        ]
        coordinator.changes = [change for change in changes if change.territory == place]
    writing = {c.territory_id for c in coordinators if c.can_write}
    return render(
        request,
        "space/home.html",
        {
            "invitations": Invitation.objects.open()
            .sent_to(request.user)
            .select_related("territory", "invited_by"),
            "coordinators": coordinators,
            "changes": changes,
            "tasks": tasks(
                writing,
                [c for c in challenges if c.territory_id in writing],
                [c for c in waiting if c.territory_id in writing],
            ),
        },
    )
