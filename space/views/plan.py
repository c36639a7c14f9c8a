from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from space.access import coordinator_required
from space.forms import CommitmentForm
from territories.models import Commitment


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
