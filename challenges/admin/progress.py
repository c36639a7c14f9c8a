from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from challenges.admin.validation import READING_ACTS
from challenges.exchange import ObjectiveSheet, ReadingSheet
from challenges.models import Milestone, Objective, ProgressReport, Reading
from territories.admin.acts import ActsAdmin
from territories.admin.illustrated import PICTURE_FIELDS, IllustratedAdmin
from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin


class MilestoneInline(admin.TabularInline):
    model = Milestone
    formset = DistinctRows
    fields = ["position", "wording", "reached_on"]
    extra = 0


@admin.register(Objective)
class ObjectiveAdmin(ExchangeAdmin, TrackedAdmin):
    sheet = ObjectiveSheet
    list_display = [
        "wording",
        "challenge",
        "kind",
        "target",
        "due_label",
        "reading_count",
        demonstration_flag,
    ]
    list_filter = ["kind", DemonstrationFilter]
    search_fields = ["wording", "challenge__title", "challenge__territory__name"]
    autocomplete_fields = ["challenge"]
    list_select_related = ["challenge"]
    readonly_fields = ["readings_link"]
    inlines = [MilestoneInline]
    fieldsets = [
        (None, {"fields": ["challenge", "position", "wording", "kind"]}),
        (
            "Cible",
            {
                "fields": ["target", "unit", "scope", "due_on", "due_precision"],
                "description": "Un objectif par étapes n’a pas de cible ; "
                "celle d’un retour à zéro est 0.",
            },
        ),
        ("Départ", {"fields": ["baseline", "baseline_on"]}),
        ("Suivi", {"fields": ["readings_link"]}),
    ]

    def get_queryset(self, request):
        readings = count_of(Reading.objects.all(), "objective")
        return super().get_queryset(request).annotate(reading_count=readings)

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    @admin.display(description="échéance", ordering="due_on")
    def due_label(self, objective):
        return objective.due_label

    @admin.display(description="relevés", ordering="reading_count")
    def reading_count(self, objective):
        return objective.reading_count

    @admin.display(description="relevés")
    def readings_link(self, objective):
        return self.list_links(Reading, objective.reading_count, objective=objective.pk)


class ReadingForm(forms.ModelForm):
    def clean(self):
        super().clean()
        corrected = self.cleaned_data.get("supersedes")
        objective = self.cleaned_data.get("objective")
        if corrected and objective and corrected.objective_id != objective.pk:
            self.add_error("supersedes", "Ce relevé mesure un autre objectif.")


class ToValidateFilter(admin.SimpleListFilter):
    title = "à valider"
    parameter_name = "a_valider"

    def lookups(self, request, model_admin):
        return [("oui", "oui")]

    def queryset(self, request, queryset):
        return queryset.to_validate() if self.value() == "oui" else queryset


@admin.register(Reading)
class ReadingAdmin(ExchangeAdmin, ActsAdmin, TrackedAdmin):
    """Readings are never rewritten: validated, rejected, or corrected by a new one."""

    acts = READING_ACTS
    sheet = ReadingSheet
    form = ReadingForm
    list_display = [
        "__str__",
        "objective",
        "state",
        "by",
        "is_corrected",
        demonstration_flag,
    ]
    list_filter = [ToValidateFilter, "state", DemonstrationFilter]
    search_fields = ["source", "objective__wording", "objective__challenge__title"]
    date_hierarchy = "on"
    autocomplete_fields = ["objective", "supersedes"]
    list_select_related = ["objective", "by"]
    readonly_fields = ["by", "created_at", "correction"]
    fieldsets = [
        (
            None,
            {
                "fields": ["objective", "on", "value", "source", "comment", "supersedes", "state"],
                "description": "Un relevé ne se réécrit pas : seul son état change. "
                "Pour corriger une valeur, enregistrez un nouveau relevé qui corrige l’ancien.",
            },
        ),
        ("Suivi", {"fields": ["by", "created_at", "correction"]}),
    ]

    def get_queryset(self, request):
        correction = Reading.objects.filter(supersedes=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_corrected=Exists(correction))

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj is None:
            return fields
        return [*fields, "objective", "on", "value", "source", "comment", "supersedes"]

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, reading, form, change):
        if not change:
            reading.by = request.user
        super().save_model(request, reading, form, change)

    @admin.display(description="suite", ordering="is_corrected")
    def is_corrected(self, reading):
        return "corrigé depuis" if reading.is_corrected else ""

    @admin.display(description="correction")
    def correction(self, reading):
        if reading.is_corrected:
            return reading.superseded_by
        query = urlencode({"objective": reading.objective_id, "supersedes": reading.pk})
        url = reverse("admin:challenges_reading_add")
        return format_html('<a href="{}?{}">Corriger ce relevé</a>', url, query)


@admin.register(ProgressReport)
class ProgressReportAdmin(IllustratedAdmin, TrackedAdmin):
    list_display = ["on", "challenge", "mood", "by", demonstration_flag]
    list_filter = ["mood", DemonstrationFilter]
    search_fields = ["text", "challenge__title", "challenge__territory__name"]
    date_hierarchy = "on"
    autocomplete_fields = ["challenge"]
    list_select_related = ["challenge", "by"]
    readonly_fields = ["by", "created_at"]
    fields = ["challenge", "on", "mood", "text", *PICTURE_FIELDS, "by", "created_at"]

    def save_model(self, request, report, form, change):
        if not change:
            report.by = request.user
        super().save_model(request, report, form, change)
