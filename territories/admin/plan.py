from django import forms
from django.contrib import admin
from django.db import models

from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin
from territories.exchange.sheets import CommitmentSheet
from territories.models import Commitment, Instrument, Measure, Pillar

SOON_DAYS = 30  # how early a due date is worth acting on


class MeasureInline(admin.TabularInline):
    model = Measure
    formset = DistinctRows
    fields = ["position", "wording", "organisations"]
    autocomplete_fields = ["organisations"]
    formfield_overrides = {
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 60})}
    }
    extra = 0
    show_change_link = True


@admin.register(Pillar)
class PillarAdmin(TrackedAdmin):
    list_display = ["position", "short_title", "title", "measure_count"]
    list_display_links = ["short_title"]
    search_fields = ["title", "short_title"]
    slug_source = "short_title"
    fields = ["position", "title", "short_title", "slug"]
    inlines = [MeasureInline]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(measure_count=count_of(Measure.objects.all(), "pillar"))
        )

    @admin.display(description="mesures", ordering="measure_count")
    def measure_count(self, pillar):
        return pillar.measure_count


@admin.register(Measure)
class MeasureAdmin(TrackedAdmin):
    list_display = ["__str__", "pillar", "position"]
    list_filter = ["pillar"]
    search_fields = ["wording"]
    autocomplete_fields = ["pillar", "organisations"]
    list_select_related = ["pillar"]
    fields = ["pillar", "position", "wording", "organisations"]


@admin.register(Instrument)
class InstrumentAdmin(TrackedAdmin):
    list_display = ["name", "nature", "measure", "provider"]
    list_filter = ["measure__pillar"]
    search_fields = ["name", "purpose", "provider__name"]
    autocomplete_fields = ["measure", "provider"]
    list_select_related = ["measure", "provider"]
    slug_source = "name"
    fieldsets = [
        (None, {"fields": ["name", "slug", "nature", "purpose"]}),
        ("D’où il vient", {"fields": ["measure", "provider", "email"]}),
    ]


class LateFilter(admin.SimpleListFilter):
    title = "échéance"
    parameter_name = "echeance"

    def lookups(self, request, model_admin):
        return [("retard", "en retard"), ("proche", f"en retard ou sous {SOON_DAYS} jours")]

    def queryset(self, request, queryset):
        if self.value() == "proche":
            return queryset.due(SOON_DAYS)
        return queryset.late() if self.value() == "retard" else queryset


class SideFilter(admin.SimpleListFilter):
    title = "qui s’engage"
    parameter_name = "engage"

    def lookups(self, request, model_admin):
        return [
            (Commitment.Side.STATE, "l’État, seul ou avec le territoire"),
            (Commitment.Side.TERRITORY, "le territoire, seul ou avec l’État"),
        ]

    def queryset(self, request, queryset):
        if self.value() in Commitment.SIDES:
            return queryset.engaging(self.value())
        return queryset


@admin.register(Commitment)
class CommitmentAdmin(ExchangeAdmin, TrackedAdmin):
    sheet = CommitmentSheet
    list_display = [
        "title",
        "territory",
        "pillar",
        "side",
        "situation",
        "due_on",
        demonstration_flag,
    ]
    list_filter = [LateFilter, "state", SideFilter, "pillar", DemonstrationFilter]
    search_fields = ["title", "territory__name"]
    date_hierarchy = "due_on"
    autocomplete_fields = ["territory", "pillar", "instrument"]
    list_select_related = ["territory", "pillar"]
    fieldsets = [
        (None, {"fields": ["territory", "pillar", "title", "side", "instrument"]}),
        (
            "Avancement",
            {
                "fields": ["state", "due_on", "done_on"],
                "description": "« En retard » se calcule d’après l’échéance. "
                "Un engagement « fait » porte sa date.",
            },
        ),
        ("Blocage", {"fields": ["blocked_by", "unblocked_by"]}),
    ]

    @admin.display(description="situation", ordering="state")
    def situation(self, commitment):
        if commitment.situation == "late":
            return "en retard"
        return commitment.get_state_display()
