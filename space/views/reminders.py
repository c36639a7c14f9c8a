from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.journal import note
from space.access import signed_in
from space.models import Refusal
from space.reminders import accept, refuse
from territories.models import Coordinator, Territory


@require_http_methods(["GET", "POST"])
@signed_in
def reminders(request):
    """What one is reminded of by mail. Mails lead here: only a form sent changes anything."""
    writing = Coordinator.objects.active().writing().filter(user=request.user)
    territories = [*Territory.objects.filter(pk__in=writing.values("territory")).order_by("name")]
    if request.method == "POST":
        return choose(request, territories)
    refused = {refusal.territory_id for refusal in Refusal.objects.filter(user=request.user)}
    return render(
        request,
        "space/reminders.html",
        {
            "is_reminded": None not in refused,
            "choices": [(territory, territory.pk not in refused) for territory in territories],
        },
    )


def choose(request, territories):
    """Stop or resume, for the territory whose button was pressed or for all."""
    named = request.POST.get("territory", "")
    territory = next((t for t in territories if t.slug == named), None)
    if named and territory is None:
        raise Http404
    about = f" pour {territory.name}" if territory else ""
    if request.POST.get("act") == "stop":
        refuse(user=request.user, territory=territory)
        note(request.user, f"Rappels arrêtés{about}")
        messages.success(request, f"Vous ne recevrez plus de rappels{about}.")
    elif request.POST.get("act") == "resume":
        accept(user=request.user, territory=territory)
        note(request.user, f"Rappels repris{about}")
        messages.success(request, f"Vous recevrez à nouveau des rappels{about}.")
    else:
        messages.error(
            request,
            "Choisissez «\u00a0Ne plus me rappeler\u00a0» ou «\u00a0Me rappeler à nouveau\u00a0».",
        )
    return redirect("space:reminders")
