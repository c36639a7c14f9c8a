from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from space.access import coordinator_required, signed_in
from space.forms import InvitationForm
from territories import actions
from territories.models import Invitation
from territories.models.team import Role


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


@require_POST
@signed_in
def ask_again(request, pk):
    """Ask for another invitation, the first having expired."""
    found = get_object_or_404(
        Invitation.objects.sent_to(request.user).select_related("territory"), pk=pk
    )
    try:
        actions.ask_again(invitation=found, user=request.user)
    except actions.TeamError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Votre demande est envoyée. La réponse viendra par courriel.")
    return redirect("space:home")
