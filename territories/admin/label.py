from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from territories.admin import publication
from territories.admin.acts import ActsAdmin
from territories.admin.badges import badge, counted
from territories.admin.collective import CollectiveMemberInline
from territories.admin.filters import of_region, of_territory
from territories.admin.illustrated import PICTURE_FIELDS, IllustratedAdmin
from territories.admin.label_acts import DESIGNATION_ACTS, TERRITORY_ACTS, WAVE_ACTS
from territories.admin.label_filters import (
    InForceFilter,
    LabelFilter,
    LateFilter,
    PerimeterFilter,
    ReferentFilter,
)
from territories.admin.news import NewsFilter
from territories.admin.team_acts import TEAM_ACTS
from territories.admin.tracked import TrackedAdmin, count_of
from territories.exchange.admin import ExchangeAdmin
from territories.exchange.sheets import TerritorySheet
from territories.label import long_moment
from territories.models import (
    CollectiveMember,
    Commitment,
    Coordinator,
    Criterion,
    Designation,
    Invitation,
    Territory,
    Wave,
)
from territories.models.label import Publication, granted, ordinal

# Beyond, one form would send more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS lets in.
MOST_MEMBERS_INLINE = 20

# From a territory to the lists of what it has.
LINKS = [
    "challenges_link",
    "members_link",
    "commitments_link",
    "coordinators_link",
    "invitations_link",
]

LABEL_STATUSES = {
    "in_force": "en vigueur",
    "expired": "expiré",
    "suspended": "suspendu",
    "withdrawn": "retiré",
    "none": "sans label",
}


@admin.register(Wave)
class WaveAdmin(ActsAdmin, TrackedAdmin):
    acts = WAVE_ACTS
    list_display = [
        "__str__",
        "opens_on",
        "closes_on",
        "announced_on",
        "embargo",
        "designation_count",
    ]
    readonly_fields = ["embargo", "designations_link"]
    search_fields = ["number", "description__folded"]
    fieldsets = [
        (None, {"fields": ["number", "description"]}),
        (
            "Calendrier",
            {"fields": ["opens_on", "closes_on", "expected_by", "announced_on", "embargo"]},
        ),
        (
            "Source de l’annonce",
            {
                "fields": ["announcement_source", "announcement_url"],
                "description": "Où le public peut lire l’annonce.",
            },
        ),
        ("Suivi", {"fields": ["designations_link"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def view_on_site(self, wave):
        return f"{reverse('territories:label')}#vagues"

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(designation_count=count_of(Designation.objects.all(), "wave"))
        )

    @admin.display(description="embargo", ordering="embargo_until")
    def embargo(self, wave):
        if not wave.is_secret():
            return "—"
        if wave.embargo_until:
            return f"jusqu’au {long_moment(wave.embargo_until)}"
        return "jusqu’à l’annonce, sans date"

    @admin.display(description="labellisations", ordering="designation_count")
    def designation_count(self, wave):
        return counted(wave.designation_count, Designation, wave__id__exact=wave.pk)

    @admin.display(description="labellisations")
    def designations_link(self, wave):
        return self.list_links(
            wave, Designation, wave.designation_count, with_add=False, wave=wave.pk
        )


@admin.register(Criterion)
class CriterionAdmin(TrackedAdmin):
    list_display = ["position", "wording", "source"]
    list_display_links = ["wording"]
    search_fields = ["wording__folded", "source__folded"]

    def view_on_site(self, criterion):
        return f"{reverse('territories:label')}#criteres"


class DesignationInline(admin.TabularInline):
    """The labels of a territory, to read: acts alone grant them and change them."""

    model = Designation
    fields = readonly_fields = ["wave", "situation", "granted_on", "expires_on", "code"]
    show_change_link = True
    verbose_name_plural = "labellisations (par « Accorder le label », puis par leur page)"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("wave")

    @admin.display(description="situation")
    def situation(self, designation):
        return badge(designation.status(), designation.told())

    def has_add_permission(self, request, obj):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Territory)
class TerritoryAdmin(ExchangeAdmin, ActsAdmin, IllustratedAdmin, TrackedAdmin):
    acts = (
        *publication.acts_of("territories.change_territory", "territoire"),
        *TERRITORY_ACTS,
        *TEAM_ACTS,
    )
    sheet = TerritorySheet
    list_display = [
        "name",
        "label_status",
        "publication",
        "perimeter",
        "challenge_count",
        "freshness",
        "late_count",
        "referent_count",
    ]
    list_filter = [
        "publication",
        LabelFilter,
        ReferentFilter,
        NewsFilter,
        LateFilter,
        "designations__wave",
        of_region(),
        PerimeterFilter,
        "kind",
    ]
    search_fields = ["name__folded", "areas__name__folded"]
    search_help_text = "Nom du territoire, ou d’une zone de son périmètre."
    autocomplete_fields = ["areas", "anchor"]
    readonly_fields = ["publication", "label_status", *LINKS, "updated_at"]
    slug_source = "name"
    inlines = [DesignationInline, CollectiveMemberInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "publication"]}),
        (
            "Périmètre",
            {
                "fields": ["areas", "areas_certainty", "areas_note", "anchor"],
                "description": "Un périmètre « indicatif » est annoncé comme tel au public : "
                "dites pourquoi.",
            },
        ),
        ("Présentation", {"fields": ["summary", "presentation", "plain_summary", "website"]}),
        ("Image", {"fields": PICTURE_FIELDS}),
        (
            "Suivi",
            {"fields": ["label_status", *LINKS, "updated_at"]},
        ),
    ]

    def get_queryset(self, request):
        secret = Designation.objects.filter(~granted(), territory=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(
                commitment_count=count_of(Commitment.objects.all(), "territory"),
                late_count=count_of(Commitment.objects.late(), "territory"),
                referent_count=count_of(Coordinator.objects.active().referents(), "territory"),
            )
            .with_label()
            .with_news()
            .annotate(secret_wave=Subquery(secret.values("wave__number")[:1]))
        )

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def get_inlines(self, request, obj):
        if obj is None:
            return [CollectiveMemberInline]
        if obj.members.count() > MOST_MEMBERS_INLINE:
            return [DesignationInline]
        return self.inlines

    def is_unread(self, territory):
        return territory.publication == Publication.DRAFT

    def view_on_site(self, territory):
        if Territory.objects.public().filter(pk=territory.pk).exists():
            return territory.get_absolute_url()
        return None

    @admin.display(description="label", ordering="wave_number")
    def label_status(self, territory):
        status = LABEL_STATUSES[territory.label_status]
        if territory.wave_number:
            status = f"{status} ({territory.wave_label})"
        if territory.secret_wave:
            status = f"{status}\u00a0; encore secret\u00a0: {ordinal(territory.secret_wave)} vague"
        return status

    @admin.display(description="périmètre", ordering="areas_certainty")
    def perimeter(self, territory):
        return territory.get_areas_certainty_display()

    @admin.display(description="défis", ordering="challenge_count")
    def challenge_count(self, territory):
        challenges = Territory._meta.get_field("challenges").related_model
        return counted(
            territory.challenge_count,
            challenges,
            territory=territory.pk,
            publication__exact="published",
        )

    @admin.display(description="nouvelles", ordering="active_on")
    def freshness(self, territory):
        return badge(territory.freshness.level, territory.freshness.label)

    @admin.display(description="en retard", ordering="late_count")
    def late_count(self, territory):
        return counted(territory.late_count, Commitment, territory=territory.pk, echeance="retard")

    @admin.display(description="référents", ordering="referent_count")
    def referent_count(self, territory):
        return territory.referent_count or "aucun"

    @admin.display(description="défis")
    def challenges_link(self, territory):
        # By the relation: this app does not know the one of challenges.
        challenges = territory.challenges.all()
        return self.list_links(
            territory, challenges.model, challenges.count(), territory=territory.pk
        )

    @admin.display(description="collectif")
    def members_link(self, territory):
        return self.list_links(
            territory, CollectiveMember, territory.members.count(), territory=territory.pk
        )

    @admin.display(description="engagements du plan")
    def commitments_link(self, territory):
        count = territory.commitment_count
        if territory.late_count:
            count = f"{count}, dont {territory.late_count} en retard"
        return self.list_links(territory, Commitment, count, territory=territory.pk)

    @admin.display(description="équipe")
    def coordinators_link(self, territory):
        return self.list_links(
            territory, Coordinator, territory.coordinators.active().count(), territory=territory.pk
        )

    @admin.display(description="invitations en attente")
    def invitations_link(self, territory):
        return self.list_links(
            territory, Invitation, territory.invitations.open().count(), territory=territory.pk
        )


@admin.register(Designation)
class DesignationAdmin(ActsAdmin, TrackedAdmin):
    acts = DESIGNATION_ACTS
    list_display = ["territory", "wave", "situation", "granted_on", "expires_on", "code"]
    list_filter = [InForceFilter, "state", "wave", of_territory()]
    search_fields = ["territory__name__folded", "code"]
    date_hierarchy = "granted_on"
    autocomplete_fields = ["territory"]
    list_select_related = ["territory", "wave"]
    readonly_fields = ["territory", "wave", "situation", "expires_on", "code", "reason"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "territory",
                    "wave",
                    "situation",
                    "granted_on",
                    "expires_on",
                    "reason",
                    "code",
                ],
                "description": "Un label change par les boutons ci-dessus, qui demandent un motif. "
                "Ici se corrige seulement la date où il fut accordé.",
            },
        ),
    ]

    def has_add_permission(self, request):
        return False  # « Accorder le label », from territories

    def view_on_site(self, designation):
        territories = Territory.objects.public().filter(designations__in=[designation.pk])
        is_known = Designation.objects.granted().filter(pk=designation.pk).exists()
        return designation.territory.get_absolute_url() if is_known and territories else None

    @admin.display(description="situation", ordering="state")
    def situation(self, designation):
        return badge(designation.status(), designation.told())
