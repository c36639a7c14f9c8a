from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from space.access import coordinator_required
from space.forms import CommitmentForm
from space.saving import filled_form, is_saving, saved
from space.versions import who_saved
from territories.editing import SITUATION, plain_values, save_situation
from territories.models import Commitment


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def commitment(request, coordinator, pk):
    """One commitment of the territory's side; those of the State are the State's to tell."""
    found = get_object_or_404(
        coordinator.territory.commitments.exclude(side=Commitment.Side.STATE), pk=pk
    )

    def save(form):
        return save_situation(commitment=found, base=form.cleaned_data["base"], values=form.values)

    form, conflict = filled_form(CommitmentForm, request, plain_values(found, SITUATION)), None
    if is_saving(request, form):
        _, theirs = saved(request, form, save)
        if theirs is None:
            messages.success(request, f"Enregistré\u00a0: {found.title}.")
            return redirect("space:home")
        conflict = who_saved(found, territory=found.territory_id)
        form = form.merged(CommitmentForm, theirs)
    return render(
        request,
        "space/commitment.html",
        {"coordinator": coordinator, "commitment": found, "form": form, "conflict": conflict},
        status=409 if conflict else 200,
    )
