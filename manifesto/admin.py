from django.contrib import admin
from django.urls import reverse

from manifesto.models import Manifesto, Statement
from territories.admin.tracked import DistinctRows, TrackedAdmin, count_of


class StatementInline(admin.StackedInline):
    model = Statement
    formset = DistinctRows
    fields = ["position", "headline", "paragraph"]
    extra = 0


@admin.register(Manifesto)
class ManifestoAdmin(TrackedAdmin):
    list_display = ["__str__", "published_on", "situation", "statement_count"]
    list_filter = ["in_force"]
    search_fields = ["number", "statements__headline__folded", "statements__paragraph__folded"]
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

    def view_on_site(self, manifesto):
        return reverse("manifesto:detail") if manifesto.in_force else None

    @admin.display(description="situation", ordering="in_force")
    def situation(self, manifesto):
        return "en vigueur" if manifesto.in_force else "hors de vigueur"

    @admin.display(description="affirmations", ordering="statement_count")
    def statement_count(self, manifesto):
        return manifesto.statement_count
