from django import forms
from django.contrib import admin
from django.db import models
from django.urls import reverse

from territories.admin.badges import badge, counted
from territories.admin.choices import SearchedChoices
from territories.admin.filters import chosen, given, of_region, of_territory
from territories.admin.preview import PreviewAdmin
from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin
from territories.exchange.sheets import CommitmentSheet
from territories.models import Commitment, Instrument, Measure, Pillar, Territory

SOON_DAYS = 30  # how early a due date is worth acting on


class MeasureInline(SearchedChoices, admin.TabularInline):
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
class PillarAdmin(PreviewAdmin, TrackedAdmin):
    list_display = [
        "position",
        "short_title",
        "title",
        "measure_count",
        "commitment_count",
        "late_count",
    ]
    list_display_links = ["short_title"]
    search_fields = ["title__folded", "short_title__folded"]
    slug_source = "short_title"
    readonly_fields = ["commitments_link"]
    inlines = [MeasureInline]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(
                measure_count=count_of(Measure.objects.all(), "pillar"),
                commitment_count=count_of(Commitment.objects.all(), "pillar"),
                late_count=count_of(Commitment.objects.late(), "pillar"),
            )
        )

    def get_fields(self, request, obj=None):
        fields = ["position", "title", "short_title", "slug"]
        return [*fields, "commitments_link"] if obj else fields

    def view_on_site(self, pillar):
        return pillar.get_absolute_url()

    @admin.display(description="mesures", ordering="measure_count")
    def measure_count(self, pillar):
        return counted(pillar.measure_count, Measure, pillar__id__exact=pillar.pk)

    @admin.display(description="engagements", ordering="commitment_count")
    def commitment_count(self, pillar):
        return counted(pillar.commitment_count, Commitment, pillar__id__exact=pillar.pk)

    @admin.display(description="en retard", ordering="late_count")
    def late_count(self, pillar):
        filters = {"pillar__id__exact": pillar.pk, "echeance": "retard"}
        return counted(pillar.late_count, Commitment, **filters)

    @admin.display(description="engagements")
    def commitments_link(self, pillar):
        return self.list_links(pillar, Commitment, pillar.commitment_count, pillar=pillar.pk)


@admin.register(Measure)
class MeasureAdmin(PreviewAdmin, TrackedAdmin):
    list_display = ["wording", "pillar", "position", "instrument_count"]
    list_filter = ["pillar"]
    search_fields = ["wording__folded", "organisations__name__folded"]
    autocomplete_fields = ["pillar", "organisations"]
    list_select_related = ["pillar"]
    readonly_fields = ["instruments_link"]

    def get_queryset(self, request):
        instruments = count_of(Instrument.objects.all(), "measure")
        return super().get_queryset(request).annotate(instrument_count=instruments)

    def get_fields(self, request, obj=None):
        fields = ["pillar", "position", "wording", "organisations"]
        return [*fields, "instruments_link"] if obj else fields

    def view_on_site(self, measure):
        return f"{measure.pillar.get_absolute_url()}#mesures"

    @admin.display(description="dispositifs", ordering="instrument_count")
    def instrument_count(self, measure):
        return counted(measure.instrument_count, Instrument, measure=measure.pk)

    @admin.display(description="dispositifs")
    def instruments_link(self, measure):
        return self.list_links(measure, Instrument, measure.instrument_count, measure=measure.pk)


@admin.register(Instrument)
class InstrumentAdmin(PreviewAdmin, TrackedAdmin):
    list_display = ["name", "nature", "pillar", "provider", "commitment_count"]
    list_filter = ["measure__pillar", "nature", given("measure", "mesure", Measure)]
    search_fields = ["name__folded", "purpose__folded", "provider__name__folded"]
    autocomplete_fields = ["measure", "provider"]
    list_select_related = ["measure__pillar", "provider"]
    slug_source = "name"
    readonly_fields = ["commitments_link"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "nature", "purpose"]}),
        ("D’où il vient", {"fields": ["measure", "provider", "email"]}),
        ("Suivi", {"fields": ["commitments_link"]}),
    ]

    def get_queryset(self, request):
        commitments = count_of(Commitment.objects.all(), "instrument")
        return super().get_queryset(request).annotate(commitment_count=commitments)

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def view_on_site(self, instrument):
        return f"{instrument.measure.pillar.get_absolute_url()}#{instrument.slug}"

    @admin.display(description="axe", ordering="measure__pillar__position")
    def pillar(self, instrument):
        return instrument.measure.pillar

    @admin.display(description="engagements", ordering="commitment_count")
    def commitment_count(self, instrument):
        return counted(instrument.commitment_count, Commitment, instrument=instrument.pk)

    @admin.display(description="engagements")
    def commitments_link(self, instrument):
        return self.list_links(
            instrument, Commitment, instrument.commitment_count, instrument=instrument.pk
        )


LateFilter = chosen(
    "échéance",
    "echeance",
    {
        "retard": ("en retard", lambda rows: rows.late()),
        "proche": (f"en retard ou sous {SOON_DAYS} jours", lambda rows: rows.due(SOON_DAYS)),
        "sans": (
            "à tenir, sans échéance",
            lambda rows: rows.filter(due_on=None, state__in=Commitment.OPEN),
        ),
    },
)

SideFilter = chosen(
    "qui s’engage",
    "engage",
    {
        "state": (
            "l’État, seul ou avec le territoire",
            lambda rows: rows.engaging(Commitment.Side.STATE),
        ),
        "territory": (
            "le territoire, seul ou avec l’État",
            lambda rows: rows.engaging(Commitment.Side.TERRITORY),
        ),
    },
)

BlockedFilter = chosen(
    "blocage",
    "blocage",
    {
        "oui": ("bloqué, à tenir", lambda rows: rows.filter(state__in=Commitment.OPEN).blocked()),
        "sans-reponse": (
            "sans dire ce qui débloquerait",
            lambda rows: rows.blocked().filter(unblocked_by=""),
        ),
    },
)


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
    list_filter = [
        LateFilter,
        "state",
        SideFilter,
        BlockedFilter,
        of_territory(),
        of_region("territory"),
        "pillar",
        given("instrument", "dispositif", Instrument),
        DemonstrationFilter,
    ]
    search_fields = ["title__folded", "territory__name__folded", "blocked_by__folded"]
    search_help_text = "Intitulé, territoire ou ce qui bloque."
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
    readonly_fields = ["situation"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        identity, (title, options), *rest = self.fieldsets
        told = options | {"fields": ["situation", *options["fields"]]}
        return [identity, (title, told), *rest]

    def view_on_site(self, commitment):
        if Territory.objects.public().filter(pk=commitment.territory_id).exists():
            plan = reverse("territories:plan", args=[commitment.territory.slug])
            return f"{plan}#axe-{commitment.pillar.position}"
        return None

    @admin.display(description="situation", ordering="state")
    def situation(self, commitment):
        return badge(commitment.situation, commitment.told)
