from datetime import timedelta

from django.contrib import admin
from django.utils import timezone

from territories.freshness import FRESH_DAYS, QUIET_DAYS


class NewsFilter(admin.SimpleListFilter):
    """How recent the news is, of rows annotated with ``active_on``."""

    title = "nouvelles"
    parameter_name = "nouvelles"

    def lookups(self, request, model_admin):
        return [
            ("recentes", "à jour"),
            ("anciennes", "à rafraîchir"),
            ("silence", "silencieux"),
            ("jamais", "pas encore"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        fresh_since = today - timedelta(days=FRESH_DAYS)
        quiet_since = today - timedelta(days=QUIET_DAYS)
        conditions = {
            "recentes": {"active_on__gte": fresh_since},
            "anciennes": {"active_on__lt": fresh_since, "active_on__gte": quiet_since},
            "silence": {"active_on__lt": quiet_since},
            "jamais": {"active_on__isnull": True},
        }
        return queryset.filter(**conditions.get(self.value(), {}))
