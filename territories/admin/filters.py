"""The filters that the lists share. One of many choices is a ``<select>`` with its button."""

from urllib.parse import parse_qsl

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR

from geography.models import Area
from territories.keys import key_of
from territories.models import Territory


class SelectFilter(admin.SimpleListFilter):
    """A choice among too many for a column of links."""

    template = "admin/filter_select.html"

    def choices(self, changelist):
        others = changelist.get_query_string(remove=[self.parameter_name, PAGE_VAR])
        self.others = parse_qsl(others.removeprefix("?"))
        yield {"value": "", "display": "Tout", "selected": not self.value()}
        for value, words in self.lookup_choices:
            yield {"value": value, "display": words, "selected": str(value) == self.value()}


def among(path, words, model):
    """A filter by a row of a model that has a name, of rows that lead to theirs by this path."""

    class AmongFilter(SelectFilter):
        title = words
        parameter_name = path

        def lookups(self, request, model_admin):
            return model.objects.order_by("name").values_list("pk", "name")

        def queryset(self, request, queryset):
            key = key_of(self.value())
            return queryset.filter(**{path: key}) if key else queryset

    return AmongFilter


def of_territory(path="territory"):
    return among(path, "territoire", Territory)


def of_region(path=""):
    """A filter by région, of territories, or of rows that lead to theirs by this path."""

    class RegionFilter(SelectFilter):
        title = "région"
        parameter_name = "region"

        def lookups(self, request, model_admin):
            regions = Area.objects.at_level(Area.Level.REGION).order_by("name")
            return regions.values_list("code", "name")

        def queryset(self, request, queryset):
            if not self.value():
                return queryset
            inside = Territory.objects.in_region(self.value()).values("pk")
            return queryset.filter(**{f"{path or 'pk'}__in": inside})

    return RegionFilter


def given(path, words, model):
    """The row that a link leads from, said among the filters so that one may leave it.

    There is nothing to choose from: it shows only once given.
    """

    class GivenFilter(admin.SimpleListFilter):
        title = words
        parameter_name = path

        def lookups(self, request, model_admin):
            key = key_of(self.value())
            row = model._default_manager.filter(pk=key).first() if key else None
            return [(self.value(), str(row))] if row else []

        def queryset(self, request, queryset):
            key = key_of(self.value())
            return queryset.filter(**{path: key}) if key else queryset

    return GivenFilter


def chosen(title, parameter, choices):
    """A filter whose choices are conditions: ``{"retard": ("en retard", keep)}``.

    ``keep`` is given the queryset and returns what it keeps of it.
    """

    class ChosenFilter(admin.SimpleListFilter):
        parameter_name = parameter

        def lookups(self, request, model_admin):
            return [(value, words) for value, (words, _) in choices.items()]

        def queryset(self, request, queryset):
            _, keep = choices.get(self.value(), (None, lambda rows: rows))
            return keep(queryset)

    ChosenFilter.title = title
    return ChosenFilter
