from django import forms
from django.contrib import admin
from django.db import models
from django.utils import timezone

from territories.admin.acts import ActsAdmin
from territories.admin.badges import counted
from territories.admin.choices import SearchedChoices
from territories.admin.filters import chosen, given, of_territory
from territories.admin.merge_act import ORGANISATION_ACTS
from territories.admin.tracked import (
    DemonstrationFilter,
    DistinctRows,
    TrackedAdmin,
    count_of,
    demonstration_flag,
)
from territories.exchange.admin import ExchangeAdmin
from territories.exchange.sheets import OrganisationSheet
from territories.models import CollectiveMember, Organisation, Territory


class CollectiveMemberRows(DistinctRows):
    distinct_by = ["organisation", "role"]
    message = "Cet acteur a déjà ce rôle sur une autre ligne."


class CollectiveMemberInline(SearchedChoices, admin.TabularInline):
    model = CollectiveMember
    formset = CollectiveMemberRows
    fields = ["organisation", "role", "since", "until", "note"]
    autocomplete_fields = ["organisation"]
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 24})}}
    extra = 0


CurrentFilter = chosen(
    "situation",
    "situation",
    {
        "en-cours": ("en cours", lambda rows: rows.current()),
        "autre": (
            "terminé ou à venir",
            lambda rows: rows.exclude(pk__in=CollectiveMember.objects.current().values("pk")),
        ),
    },
)


@admin.register(CollectiveMember)
class CollectiveMemberAdmin(TrackedAdmin):
    list_display = ["organisation", "territory", "role", "situation", "since", "until", "note"]
    list_filter = [
        CurrentFilter,
        "role",
        of_territory(),
        "organisation__category",
        given("organisation", "acteur", Organisation),
    ]
    search_fields = ["organisation__name__folded", "territory__name__folded", "note__folded"]
    autocomplete_fields = ["territory", "organisation"]
    list_select_related = ["organisation", "territory"]
    fields = ["territory", "organisation", "role", "since", "until", "note"]

    def view_on_site(self, member):
        if member.is_current() and Territory.objects.public().filter(pk=member.territory_id):
            return f"{member.territory.get_absolute_url()}#collectif"
        return None

    @admin.display(description="situation")
    def situation(self, member):
        if member.is_current():
            return "en cours"
        return "terminé" if member.until and member.until < timezone.localdate() else "à venir"


def carried(rows):
    """The challenges that organisations carry: this app does not know them by name."""
    return rows.model._meta.get_field("challenges").related_model.objects


UseFilter = chosen(
    "emploi",
    "emploi",
    {
        "porteurs": ("porte un défi", lambda rows: rows.exclude(challenges=None).distinct()),
        "collectifs": ("dans un collectif", lambda rows: rows.exclude(memberships=None).distinct()),
        "aucun": (
            "ni défi ni collectif",
            lambda rows: rows.filter(challenges=None, memberships=None),
        ),
    },
)


@admin.register(Organisation)
class OrganisationAdmin(ExchangeAdmin, ActsAdmin, TrackedAdmin):
    acts = ORGANISATION_ACTS
    sheet = OrganisationSheet
    list_display = [
        "name",
        "category",
        "challenge_count",
        "territory_count",
        "website",
        demonstration_flag,
    ]
    list_filter = [UseFilter, DemonstrationFilter, "category"]
    search_fields = ["name__folded", "description__folded"]
    search_help_text = "Nom ou rôle."
    slug_source = "name"
    readonly_fields = ["challenges_link", "members_link"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "category"]}),
        ("Présentation", {"fields": ["description", "website"]}),
        ("Suivi", {"fields": ["challenges_link", "members_link"]}),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.annotate(
            territory_count=count_of(Territory.objects.all(), "members__organisation"),
            challenge_count=count_of(carried(rows).all(), "carrier"),
        )

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else self.fieldsets[:-1]

    def view_on_site(self, organisation):
        if Organisation.objects.public().filter(pk=organisation.pk).exists():
            return organisation.get_absolute_url()
        return None

    @admin.display(description="défis portés", ordering="challenge_count")
    def challenge_count(self, organisation):
        challenges = carried(Organisation.objects).model
        return counted(organisation.challenge_count, challenges, carrier=organisation.pk)

    @admin.display(description="défis portés")
    def challenges_link(self, organisation):
        return self.list_links(
            organisation,
            organisation.challenges.model,
            organisation.challenge_count,
            carrier=organisation.pk,
        )

    @admin.display(description="collectifs")
    def members_link(self, organisation):
        return self.list_links(
            organisation,
            CollectiveMember,
            organisation.memberships.count(),
            organisation=organisation.pk,
        )

    @admin.display(description="collectifs", ordering="territory_count")
    def territory_count(self, organisation):
        return counted(organisation.territory_count, CollectiveMember, organisation=organisation.pk)
