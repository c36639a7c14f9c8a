from django import forms
from django.contrib import admin
from django.db import models

from territories.admin.acts import ActsAdmin
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


class CollectiveMemberInline(admin.TabularInline):
    model = CollectiveMember
    formset = CollectiveMemberRows
    fields = ["organisation", "role", "since", "until", "note"]
    autocomplete_fields = ["organisation"]
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 24})}}
    extra = 0


@admin.register(CollectiveMember)
class CollectiveMemberAdmin(TrackedAdmin):
    list_display = ["organisation", "territory", "role", "since", "until"]
    list_filter = ["role", "organisation__category"]
    search_fields = ["organisation__name", "territory__name"]
    autocomplete_fields = ["territory", "organisation"]
    list_select_related = ["organisation", "territory"]
    fields = ["territory", "organisation", "role", "since", "until", "note"]


@admin.register(Organisation)
class OrganisationAdmin(ExchangeAdmin, ActsAdmin, TrackedAdmin):
    acts = ORGANISATION_ACTS
    sheet = OrganisationSheet
    list_display = ["name", "category", "territory_count", "website", demonstration_flag]
    list_filter = ["category", DemonstrationFilter]
    search_fields = ["name", "description"]
    slug_source = "name"
    fieldsets = [
        (None, {"fields": ["name", "slug", "category"]}),
        ("Présentation", {"fields": ["description", "website"]}),
    ]

    def get_queryset(self, request):
        territories = count_of(Territory.objects.all(), "members__organisation")
        return super().get_queryset(request).annotate(territory_count=territories)

    @admin.display(description="collectifs", ordering="territory_count")
    def territory_count(self, organisation):
        return organisation.territory_count
