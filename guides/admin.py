from django.contrib import admin
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guides.text import guide


@require_safe
def team(request):
    """For the label's team; ``PortalAdminSite`` mounts it."""
    context = admin.site.each_context(request) | {"guide": guide("equipe")}
    return render(request, "guides/team.html", context | {"title": context["guide"].title})
