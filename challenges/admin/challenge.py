from django.contrib import admin
from django.db.models import Count, Exists
from django.utils.html import format_html

from challenges.admin.decisions import SubmissionAdmin
from challenges.admin.objective import standing_readings
from challenges.exchange import ChallengeSheet
from challenges.models import (
    Audience,
    Challenge,
    Objective,
    ProgressReport,
    Proposal,
    Reading,
    Theme,
)
from search.admin import IndexedAdmin
from territories.admin import publication
from territories.admin.acts import ActsAdmin
from territories.admin.badges import badge, counted
from territories.admin.filters import among, chosen, given, of_region, of_territory
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
from territories.french import agreed
from territories.models import Organisation

UnusedFilter = chosen(
    "emploi",
    "emploi",
    {
        "oui": ("par un défi au moins", lambda rows: rows.exclude(challenges=None)),
        "non": ("par aucun défi", lambda rows: rows.filter(challenges=None)),
    },
)

# What lacks before anybody can read the progress of a challenge.
MeasureFilter = chosen(
    "objectifs",
    "objectifs",
    {
        "sans": ("sans objectif", lambda rows: rows.filter(objectives=None)),
        "jamais": (
            "jamais mesuré",
            lambda rows: rows.exclude(pk__in=Challenge.objects.measured().values("pk")),
        ),
        "mesure": ("mesuré", lambda rows: rows.measured()),
    },
)


@admin.register(Theme, Audience)
class TagAdmin(IndexedAdmin):
    list_display = ["name", "challenge_count"]
    list_filter = [UnusedFilter]
    search_fields = ["name__folded"]
    ordering = ["name"]  # said aloud: counting would forget the model's own
    fields = ["name", "slug"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(challenge_count=Count("challenges"))

    def view_on_site(self, tag):
        if isinstance(tag, Theme) and Theme.objects.in_use().filter(pk=tag.pk).exists():
            return tag.get_absolute_url()
        return None

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []

    @admin.display(description="défis", ordering="challenge_count")
    def challenge_count(self, tag):
        relation = "themes" if isinstance(tag, Theme) else "audiences"
        return counted(tag.challenge_count, Challenge, **{relation: tag.pk})


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
        "shown_publication",
        "freshness",
        "objective_count",
        demonstration_flag,
    ]
    list_filter = [
        "publication",
        NewsFilter,
        MeasureFilter,
        of_territory(),
        of_region("territory"),
        "stage",
        "nature",
        among("themes", "thème", Theme),
        given("audiences", "public", Audience),
        given("carrier", "porteur", Organisation),
        DemonstrationFilter,
    ]
    search_fields = ["title__folded", "territory__name__folded", "carrier__name__folded"]
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
    readonly_fields = [
        "publication",
        "decision",
        "freshness",
        "objectives_link",
        "readings_link",
        "reports_link",
        "proposals_link",
        "updated_at",
    ]
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
        (
            "Suivi",
            {
                "fields": [
                    "decision",
                    "freshness",
                    "objectives_link",
                    "readings_link",
                    "reports_link",
                    "proposals_link",
                    "updated_at",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        measured = Objective.objects.filter(Exists(standing_readings()))
        return (
            super()
            .get_queryset(request)
            .with_activity()
            .annotate(
                objective_count=count_of(Objective.objects.all(), "challenge"),
                measured_count=count_of(measured, "challenge"),
            )
        )

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

    @admin.display(description="publication", ordering="publication")
    def shown_publication(self, challenge):
        state = challenge.get_publication_display()
        if challenge.publication != Challenge.Publication.SUBMITTED:
            return state
        return format_html("{}\u00a0: {}", state, self.decision(challenge))

    @admin.display(description="nouvelles", ordering="active_on")
    def freshness(self, challenge):
        return badge(challenge.freshness.level, challenge.freshness.label)

    @admin.display(description="objectifs", ordering="objective_count")
    def objective_count(self, challenge):
        if not challenge.objective_count:
            return "aucun"
        measured = challenge.measured_count
        told = f"dont {measured} {agreed(measured, 'mesuré')}" if measured else "jamais mesuré"
        return f"{challenge.objective_count}, {told}"

    @admin.display(description="objectifs")
    def objectives_link(self, challenge):
        return self.list_links(
            challenge, Objective, self.objective_count(challenge), challenge=challenge.pk
        )

    @admin.display(description="relevés")
    def readings_link(self, challenge):
        count = Reading.objects.filter(objective__challenge=challenge).count()
        return self.list_links(
            challenge, Reading, count, with_add=False, objective__challenge=challenge.pk
        )

    @admin.display(description="points d’étape")
    def reports_link(self, challenge):
        return self.list_links(
            challenge, ProgressReport, challenge.reports.count(), challenge=challenge.pk
        )

    @admin.display(description="propositions")
    def proposals_link(self, challenge):
        return self.list_links(
            challenge, Proposal, challenge.proposals.count(), with_add=False, challenge=challenge.pk
        )
