from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator

from challenges.admin.objective import on_site
from challenges.admin.validation import READING_ACTS
from challenges.exchange import ReadingSheet
from challenges.models import Challenge, Objective, ProgressReport, Reading
from challenges.progress import number
from territories.admin.acts import ActsAdmin
from territories.admin.filters import chosen, given, of_territory
from territories.admin.illustrated import PICTURE_FIELDS, IllustratedAdmin
from territories.admin.tracked import DemonstrationFilter, TrackedAdmin, demonstration_flag
from territories.exchange.admin import ExchangeAdmin


class ReadingForm(forms.ModelForm):
    def clean(self):
        super().clean()
        corrected = self.cleaned_data.get("supersedes")
        objective = self.cleaned_data.get("objective")
        if corrected and objective and corrected.objective_id != objective.pk:
            self.add_error("supersedes", "Ce relevé mesure un autre objectif.")


ToValidateFilter = chosen(
    "validation", "a_valider", {"oui": ("à valider", lambda rows: rows.to_validate())}
)


@admin.register(Reading)
class ReadingAdmin(ExchangeAdmin, ActsAdmin, TrackedAdmin):
    """Readings are never rewritten: validated, rejected, or corrected by a new one."""

    acts = READING_ACTS
    sheet = ReadingSheet
    form = ReadingForm
    list_display = [
        "on",
        "shown_value",
        "objective",
        "territory",
        "state",
        "source",
        "by",
        "is_corrected",
        demonstration_flag,
    ]
    list_filter = [
        ToValidateFilter,
        "state",
        of_territory("objective__challenge__territory"),
        given("objective__challenge", "défi", Challenge),
        given("objective", "objectif", Objective),
        DemonstrationFilter,
    ]
    search_fields = [
        "source__folded",
        "comment__folded",
        "objective__wording__folded",
        "objective__challenge__title__folded",
        "objective__challenge__territory__name__folded",
    ]
    search_help_text = "Source, commentaire, objectif, défi ou territoire."
    date_hierarchy = "on"
    ordering = ["-on", "-pk"]
    autocomplete_fields = ["objective", "supersedes"]
    list_select_related = ["objective__challenge__territory", "by"]
    readonly_fields = ["state", "by", "created_at", "correction"]
    fieldsets = [
        (
            None,
            {
                "fields": ["objective", "on", "value", "source", "comment", "supersedes", "state"],
                "description": "Un relevé ne se réécrit pas\u00a0: il se valide, se rejette, ou se "
                "corrige par un nouveau relevé.",
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

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Nothing to type, so nothing to save."""
        hidden = {
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().change_view(request, object_id, form_url, hidden | (extra_context or {}))

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, reading, form, change):
        if not change:
            reading.by = request.user
        super().save_model(request, reading, form, change)

    def view_on_site(self, reading):
        return on_site(reading.objective.challenge, f"objective-{reading.objective_id}")

    @admin.display(description="valeur", ordering="value")
    def shown_value(self, reading):
        return number(reading.value)

    @admin.display(description="territoire", ordering="objective__challenge__territory__name")
    def territory(self, reading):
        return reading.objective.challenge.territory

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
    list_display = ["on", "challenge", "territory", "mood", "excerpt", "by", demonstration_flag]
    list_filter = [
        "mood",
        of_territory("challenge__territory"),
        given("challenge", "défi", Challenge),
        DemonstrationFilter,
    ]
    search_fields = [
        "text__folded",
        "challenge__title__folded",
        "challenge__territory__name__folded",
    ]
    search_help_text = "Texte, défi ou territoire."
    date_hierarchy = "on"
    autocomplete_fields = ["challenge"]
    list_select_related = ["challenge__territory", "by"]
    readonly_fields = ["by", "created_at"]
    fields = ["challenge", "on", "mood", "text", *PICTURE_FIELDS, "by", "created_at"]

    def view_on_site(self, report):
        return on_site(report.challenge, "fil-des-points")

    @admin.display(description="territoire", ordering="challenge__territory__name")
    def territory(self, report):
        return report.challenge.territory

    @admin.display(description="texte", ordering="text")
    def excerpt(self, report):
        return Truncator(report.text).chars(90)

    def save_model(self, request, report, form, change):
        if not change:
            report.by = request.user
        super().save_model(request, report, form, change)
