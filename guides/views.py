from django.shortcuts import render
from django.views.decorators.http import require_safe

from guides.text import guide


@require_safe
def coordinators(request):
    """Open to all: who does not manage to sign in may read how."""
    return render(request, "guides/coordinators.html", {"guide": guide("coordination")})
