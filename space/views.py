from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from challenges.actions import report_progress
from challenges.models import Objective
from space import drafts
from space.access import coordinator_required, signed_in
from space.forms import CommitmentForm, InvitationForm, PointForm
from space.waiting import live_challenges, tasks
from territories import actions
from territories.models import Commitment, Coordinator, Invitation
from territories.models.team import Role


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
    for coordinator in coordinators:
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


# « Point d'étape »: all the challenges of a territory on one page, each sent on its own.


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
    kept = drafts.drafts_of(request.user, address.values())
    forms = []
    for challenge in challenges:
        draft = kept.get(address[challenge.pk])
        is_sent = sent == challenge.slug
        form = PointForm(
            request.POST if is_sent else None,
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


# The plan.


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def commitment(request, coordinator, pk):
    """One commitment of the territory's side; those of the State are the State's to tell."""
    found = get_object_or_404(
        coordinator.territory.commitments.exclude(side=Commitment.Side.STATE), pk=pk
    )
    form = CommitmentForm(request.POST or None, instance=found)
    if form.is_valid():
        form.save()
        messages.success(request, f"Enregistré\u00a0: {found.title}.")
        return redirect("space:home")
    return render(
        request,
        "space/commitment.html",
        {"coordinator": coordinator, "commitment": found, "form": form},
    )


# The team.


@require_http_methods(["GET", "POST"])
@coordinator_required()
def team(request, coordinator):
    """Who may write here. A referent invites; the others see."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and not coordinator.can_manage_team:
        raise PermissionDenied
    if form.is_valid():
        try:
            # Refused, the form was not received: it may be sent again, corrected.
            with transaction.atomic():
                if form.is_new(request.user):
                    actions.invite(
                        territory=coordinator.territory,
                        email=form.cleaned_data["email"],
                        role=form.cleaned_data["role"],
                        by=request.user,
                    )
        except actions.TeamError as error:
            form.add_error("email", error)
        else:
            messages.success(request, f"Invitation envoyée à {form.cleaned_data['email']}.")
            return redirect("space:team", coordinator.territory.slug)
    territory = coordinator.territory
    return render(
        request,
        "space/team.html",
        {
            "coordinator": coordinator,
            "members": territory.coordinators.active().select_related("user").order_by("since"),
            "invitations": territory.invitations.open(),
            "roles": Role.choices,
            "form": form,
        },
    )


@require_POST
@coordinator_required("can_manage_team")
def member(request, coordinator, pk):
    """Change a role, hand over or end a right, as the button pressed says."""
    found = get_object_or_404(coordinator.territory.coordinators.active(), pk=pk)
    act, role = request.POST.get("act"), request.POST.get("role")
    try:
        if act == "role" and role in Role:
            actions.change_role(coordinator=found, role=role)
            done = f"{found.user} est maintenant {Role(role).label}."
        elif act == "hand_over":
            actions.hand_over(coordinator=coordinator, to=found)
            done = f"{found.user} est maintenant référent à votre place."
        elif act == "end":
            actions.end(coordinator=found)
            done = f"{found.user} n’a plus accès à cet espace."
        else:
            raise actions.TeamError("Choisissez un rôle dans la liste.")
    except actions.TeamError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("space:home" if found == coordinator and act == "end" else team_page(found))


def team_page(coordinator):
    return reverse("space:team", args=[coordinator.territory.slug])


@require_POST
@coordinator_required("can_manage_team")
def invitation(request, coordinator, pk):
    """Send an invitation again, or withdraw it."""
    found = get_object_or_404(coordinator.territory.invitations, pk=pk)
    try:
        if request.POST.get("act") == "resend":
            actions.resend(invitation=found, by=request.user)
            messages.success(request, f"Invitation envoyée à nouveau à {found.email}.")
        else:
            actions.revoke(invitation=found)
            messages.success(request, f"L’invitation de {found.email} est retirée.")
    except actions.TeamError as error:
        messages.error(request, error.message)
    return redirect(team_page(coordinator))


@require_POST
@signed_in
def answer(request, pk):
    """The answer of whoever was invited, signed in with the address invited."""
    found = get_object_or_404(
        Invitation.objects.sent_to(request.user).select_related("territory"), pk=pk
    )
    accepts = request.POST.get("act") == "accept"
    try:
        actions.answer(invitation=found, user=request.user, accepts=accepts)
    except actions.TeamError as error:
        messages.error(request, error.message)
    else:
        words = "Bienvenue dans l’équipe de" if accepts else "Vous avez décliné l’invitation de"
        messages.success(request, f"{words} {found.territory.name}.")
    return redirect("space:home")
