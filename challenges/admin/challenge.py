from django.contrib import admin
from django.db.models import Count

from challenges.admin.decisions import SubmissionAdmin
from challenges.exchange import ChallengeSheet
from challenges.models import Audience, Challenge, Objective, ProgressReport, Reading, Theme
from search.admin import IndexedAdmin
from territories.admin import publication
from territories.admin.acts import ActsAdmin
from territories.admin.illustrated import PICTURE_FIELDS, IllustratedAdmin
from territories.admin.news import NewsFilter
from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin


@admin.register(Theme, Audience)
class TagAdmin(IndexedAdmin):
    list_display = ["name", "challenge_count"]
    search_fields = ["name"]
    ordering = ["name"]  # said aloud: counting would forget the model's own
    fields = ["name", "slug"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(challenge_count=Count("challenges"))

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    @admin.display(description="défis", ordering="challenge_count")
    def challenge_count(self, tag):
        return tag.challenge_count


class ObjectiveInline(admin.StackedInline):
    model = Objective
    formset = DistinctRows
    fields = [
        ("position", "kind"),
        "wording",
        ("target", "unit", "scope"),
        ("due_on", "due_precision"),
        ("baseline", "baseline_on"),
    ]
    extra = 0
    show_change_link = True
    can_delete = False  # it would take along its readings, which nobody deletes


class ReportInline(admin.TabularInline):
    """Adds reports; those already written are corrected on their own page."""

    model = ProgressReport
    fields = ["on", "mood", "text", "by"]
    readonly_fields = ["by"]
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by")

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Challenge)
class ChallengeAdmin(ExchangeAdmin, ActsAdmin, SubmissionAdmin, IllustratedAdmin, TrackedAdmin):
    acts = publication.acts_of("challenges.change_challenge", "défi")
    sheet = ChallengeSheet
    list_display = [
        "title",
        "territory",
        "carrier",
        "stage",
        "publication",
        "decision",
        "freshness",
        "reading_count",
        demonstration_flag,
    ]
    list_filter = ["publication", NewsFilter, "stage", "nature", "themes", DemonstrationFilter]
    search_fields = ["title", "territory__name", "carrier__name"]
    search_help_text = "Intitulé, territoire ou porteur."
    autocomplete_fields = [
        "territory",
        "carrier",
        "themes",
        "audiences",
        "recognised_by",
        "replicated_from",
        "commitments",
    ]
    list_select_related = ["territory", "carrier"]
    readonly_fields = ["decision", "freshness", "reading_count", "updated_at"]
    slug_source = "title"
    inlines = [ObjectiveInline, ReportInline]
    fieldsets = [
        (None, {"fields": ["territory", "number", "title", "slug", "carrier", "publication"]}),
        (
            "Le défi",
            {"fields": ["need", "answer", "plain_summary", "stage", "nature", "website"]},
        ),
        ("Image", {"fields": PICTURE_FIELDS}),
        (
            "Pour qui, sur quoi",
            {"fields": ["themes", "themes_open", "audiences", "audiences_open"]},
        ),
        (
            "Portage et reconnaissance",
            {"fields": ["legal_form", "recognition", "recognised_by", "source_note"]},
        ),
        (
            "Liens",
            {
                "fields": ["replicated_from", "commitments"],
                "description": "Le défi dont celui-ci s’inspire, "
                "et les engagements du plan qui le soutiennent.",
            },
        ),
        ("Suivi", {"fields": ["decision", "freshness", "reading_count", "updated_at"]}),
    ]

    def get_queryset(self, request):
        readings = count_of(Reading.objects.all(), "objective__challenge")
        return super().get_queryset(request).with_activity().annotate(reading_count=readings)

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def is_unread(self, challenge):
        return challenge.publication in {
            Challenge.Publication.DRAFT,
            Challenge.Publication.SUBMITTED,
        }

    def view_on_site(self, challenge):
        if Challenge.objects.published().filter(pk=challenge.pk).exists():
            return challenge.get_absolute_url()
        return None

    def save_formset(self, request, form, formset, change):
        if formset.model is ProgressReport:
            for row in formset.extra_forms:
                row.instance.by = request.user
        super().save_formset(request, form, formset, change)

    @admin.display(description="nouvelles", ordering="active_on")
    def freshness(self, challenge):
        return challenge.freshness.label

    @admin.display(description="relevés", ordering="reading_count")
    def reading_count(self, challenge):
        return challenge.reading_count
