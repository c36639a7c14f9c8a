from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from space.access import signed_in
from space.viewing import KEY, STOPPED, end, kept, may_view


@require_http_methods(["GET", "POST"])
@signed_in
def stop(request):
    """Stop seeing the space as somebody; the one thing that may be sent meanwhile."""
    seen = kept(request) if request.method == "POST" else None
    if seen is None:
        return redirect("space:home")
    del request.session[KEY]
    end(viewing=seen, why=STOPPED)
    messages.success(request, f"Vous ne voyez plus l’espace comme {seen.user}.")
    if not may_view(request.user):
        return redirect("space:home")
    return redirect("admin:accounts_user_change", seen.user_id)
