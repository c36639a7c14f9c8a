from django.contrib import admin

from manifesto.models import Manifesto, Statement
from territories.admin.tracked import DistinctRows, TrackedAdmin, count_of


class StatementInline(admin.StackedInline):
    model = Statement
    formset = DistinctRows
    fields = ["position", "headline", "paragraph"]
    extra = 0


@admin.register(Manifesto)
class ManifestoAdmin(TrackedAdmin):
    list_display = ["__str__", "published_on", "in_force", "statement_count"]
    list_filter = ["in_force"]
    inlines = [StatementInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["number", "published_on", "in_force"],
                "description": "Une seule version est en vigueur : celle que le public lit. "
                "Pour en changer, retirez d’abord l’ancienne.",
            },
        )
    ]

    def get_queryset(self, request):
        statements = count_of(Statement.objects.all(), "manifesto")
        return super().get_queryset(request).annotate(statement_count=statements)

    @admin.display(description="affirmations", ordering="statement_count")
    def statement_count(self, manifesto):
        return manifesto.statement_count
