"""The first page of the administration: what waits for the team, the key figures, the last acts.

Computed at each reading, in four queries whatever the number of rows. Each line, figure or act is
shown only to whoever may see the rows it is about.
"""

from collections import defaultdict

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import Q

from challenges.models import Reading
from frenchimpact.dashboard.figures import charts, groups_of, months
from frenchimpact.dashboard.followed import news_of_territories
from frenchimpact.dashboard.waiting import waiting
from territories.models import Territory

ACTS = 10


def dashboard(request):
    """The context of the page, for whoever reads it."""
    seen = {
        model
        for model, options in admin.site._registry.items()
        if options.has_view_or_change_permission(request)
    }
    news = news_of_territories() if Territory in seen else {}
    groups = groups_of(seen)
    return {
        "waiting": waiting(seen, news),
        "charts": charts(groups, news),
        "months": months(groups.get("month", {})) if Reading in seen else None,
        "acts": last_acts(seen),
    }


def last_acts(seen):
    """The last acts in the administration, on what the reader may see."""
    models = defaultdict(list)
    for model in seen:
        models[model._meta.app_label].append(model._meta.model_name)
    visible = Q(pk__in=[])
    for app, names in models.items():
        visible |= Q(content_type__app_label=app, content_type__model__in=names)
    rows = LogEntry.objects.filter(visible).select_related("user", "content_type")
    return rows.order_by("-action_time", "-pk")[:ACTS]
