from datetime import timedelta

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from challenges.exchange import ObjectiveSheet
from challenges.models import Challenge, Milestone, Objective, Reading
from challenges.progress import attach_progress
from territories.admin.filters import chosen, given, of_territory
from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin
from territories.french import long_date
from territories.freshness import FRESH_DAYS


class MilestoneInline(admin.TabularInline):
    model = Milestone
    formset = DistinctRows
    fields = ["position", "wording", "reached_on"]
    extra = 0


def standing_readings():
    """The readings that count, of the objective of an outer query."""
    return Reading.objects.standing().filter(objective=OuterRef("pk"))


def on_site(challenge, anchor=""):
    """Where the public reads something of a challenge; None when it does not."""
    if Challenge.objects.published().filter(pk=challenge.pk).exists():
        return f"{challenge.get_absolute_url()}{anchor and '#'}{anchor}"
    return None


MeasureFilter = chosen(
    "mesure",
    "mesure",
    {
        "jamais": (
            "jamais mesuré",
            lambda rows: rows.filter(read_on=None).exclude(kind=Objective.Kind.QUALITATIVE),
        ),
        "ancienne": (
            f"pas depuis {FRESH_DAYS} jours",
            lambda rows: rows.filter(read_on__lt=timezone.localdate() - timedelta(days=FRESH_DAYS)),
        ),
        "recente": (
            f"depuis {FRESH_DAYS} jours au plus",
            lambda rows: rows.filter(
                read_on__gte=timezone.localdate() - timedelta(days=FRESH_DAYS)
            ),
        ),
    },
)

DueFilter = chosen(
    "échéance",
    "echeance",
    {
        "passee": ("passée", lambda rows: rows.filter(due_on__lt=timezone.localdate())),
        "a-venir": ("à venir", lambda rows: rows.filter(due_on__gte=timezone.localdate())),
        "sans": ("sans échéance", lambda rows: rows.filter(due_on=None)),
    },
)


class ProgressList(ChangeList):
    """A list whose objectives tell their progress, read for the whole page in one query."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = attach_progress([*self.result_list])


@admin.register(Objective)
class ObjectiveAdmin(ExchangeAdmin, TrackedAdmin):
    sheet = ObjectiveSheet
    list_display = [
        "wording",
        "challenge",
        "territory",
        "kind",
        "progress",
        "measured_on",
        "due",
        demonstration_flag,
    ]
    list_filter = [
        MeasureFilter,
        DueFilter,
        "kind",
        of_territory("challenge__territory"),
        given("challenge", "défi", Challenge),
        DemonstrationFilter,
    ]
    search_fields = [
        "wording__folded",
        "challenge__title__folded",
        "challenge__territory__name__folded",
    ]
    search_help_text = "Énoncé, défi ou territoire."
    autocomplete_fields = ["challenge"]
    list_select_related = ["challenge__territory"]
    readonly_fields = ["progress", "measured_on", "readings_link"]
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
        ("Suivi", {"fields": ["progress", "measured_on", "readings_link"]}),
    ]

    def get_queryset(self, request):
        last = standing_readings().order_by("-on").values("on")[:1]
        return (
            super()
            .get_queryset(request)
            .annotate(
                reading_count=count_of(Reading.objects.all(), "objective"),
                read_on=Subquery(last),
            )
        )

    def get_changelist(self, request, **options):
        return ProgressList

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def view_on_site(self, objective):
        return on_site(objective.challenge, f"objective-{objective.pk}")

    @admin.display(description="territoire", ordering="challenge__territory__name")
    def territory(self, objective):
        return objective.challenge.territory

    @admin.display(description="où il en est")
    def progress(self, objective):
        if not hasattr(objective, "progress"):  # the page of one
            attach_progress([objective])
        found = objective.progress
        if found.reached:
            return f"Atteint\u00a0: {found.headline}"
        if found.share:
            return f"{found.headline} ({found.share})"
        return found.headline

    @admin.display(description="dernière mesure", ordering="read_on")
    def measured_on(self, objective):
        if objective.kind == Objective.Kind.QUALITATIVE:
            return "par étapes"
        return long_date(objective.read_on) or "jamais mesuré"

    @admin.display(description="échéance", ordering="due_on")
    def due(self, objective):
        if not objective.due_on:
            return "sans échéance"
        is_past = objective.due_on < timezone.localdate() and not objective.progress.reached
        return f"{objective.due_label}, dépassée" if is_past else objective.due_label

    @admin.display(description="relevés")
    def readings_link(self, objective):
        return self.list_links(objective, Reading, objective.reading_count, objective=objective.pk)
