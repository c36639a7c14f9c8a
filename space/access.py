"""The door of the space: who may enter which territory, and what was typed when it had closed."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from space.drafts import put_aside
from territories.models import Coordinator


def signed_in(view):
    """Lets in whoever has signed in; what others had typed waits for them behind the door."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            if request.method == "POST":
                put_aside(request)
            # Every address a form is sent to leads, when asked for, to the page of the form.
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def coordinator_required(right=None):
    """Gives the view the ``Coordinator`` of this user in this territory, instead of its slug.

    404 for who has no right there at all; 403 for who lacks ``right``, a property of
    ``Coordinator``.
    """

    def decorate(view):
        @wraps(view)
        @signed_in
        def guarded(request, territory, **kwargs):
            coordinator = get_object_or_404(
                Coordinator.objects.active().select_related("territory", "user", "demonstration"),
                user=request.user,
                territory__slug=territory,
            )
            if right and not getattr(coordinator, right):
                raise PermissionDenied
            return view(request, coordinator, **kwargs)

        return guarded

    return decorate
