from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.forms import BaseInlineFormSet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode

from search.admin import IndexedAdmin
from territories.admin.choices import SearchedChoices
from territories.admin.editors import EditorsAdmin
from territories.admin.filters import chosen


class TrackedAdmin(SearchedChoices, IndexedAdmin, EditorsAdmin):
    """A model whose history is kept, told, compared and taken up; edited by several people."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    slug_source = None  # the field whose words make the address of a new row

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Without the cross that empties a whole list, where HTML lets no such thing stand."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            field.widget.is_required = True  # of the widget alone: the list may be empty
        return field

    def get_changeform_initial_data(self, request):
        """What the address gives, less the choices it gives by something else than a number."""
        given = super().get_changeform_initial_data(request)
        fields = [*self.opts.fields, *self.opts.many_to_many]
        relations = {field.name for field in fields if field.is_relation}
        return {
            name: value
            for name, value in given.items()
            if name not in relations or "".join(value).isdecimal()
        }

    def get_prepopulated_fields(self, request, obj=None):
        return {"slug": [self.slug_source]} if self.slug_source and obj is None else {}

    def get_readonly_fields(self, request, obj=None):
        """An address that the public may have kept no longer changes."""
        fields = super().get_readonly_fields(request, obj)
        if self.slug_source and obj and not self.is_unread(obj):
            return [*fields, "slug"]
        return fields

    def is_unread(self, obj):
        """Whether no visitor can have seen the page of a row yet."""
        return False

    def get_object(self, request, *args, **kwargs):
        """Known to be read by somebody, to whom ``list_links`` offers what they may open."""
        row = super().get_object(request, *args, **kwargs)
        if row is not None:
            row.reader = request.user
        return row

    def list_links(self, row, model, count, *, with_add=True, **filters):
        """« 12 — Voir · Ajouter »: the rows of a model that these filters keep, and one more."""
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        query = urlencode(filters)
        links = [
            (reverse(f"{page}_{name}"), query, words)
            for name, right, words in [("changelist", "view", "Voir"), ("add", "add", "Ajouter")]
            if (with_add or name != "add")
            and row.reader.has_perm(
                f"{model._meta.app_label}.{get_permission_codename(right, model._meta)}"
            )
        ]
        if not links:
            return str(count)
        told = format_html_join(" · ", '<a href="{}?{}">{}</a>', links)
        return format_html("{} — {}", count, told)


def count_of(queryset, path):
    """How many rows of a queryset lead to the outer row by this path.

    A subquery, asked only for the rows of the page shown; a join would be grouped over all.
    """
    rows = queryset.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(rows.annotate(n=Count("pk", distinct=True)).values("n")), 0)


class DistinctRows(BaseInlineFormSet):
    """Refuses, with words, two new rows alike in one form.

    Their model checks each against the database, where the other one is not yet.
    """

    distinct_by = ["position"]
    message = "Une autre ligne porte déjà ce rang."

    def key(self, row):
        """What two rows may not share; None leaves a row out."""
        values = tuple(row.get(name) for name in self.distinct_by)
        return None if None in values else values

    def clean(self):
        super().clean()
        seen = set()
        for form in self.forms:
            row = getattr(form, "cleaned_data", None)
            if not row or row.get("DELETE"):
                continue
            key = self.key(row)
            if key is not None and key in seen:
                form.add_error(self.distinct_by[0], self.message)
            seen.add(key)


def demonstration_flag(obj):
    return "fictif" if obj.demonstration_id else ""


demonstration_flag.short_description = "donnée"


DemonstrationFilter = chosen(
    "donnée",
    "donnee",
    {
        "reelle": ("réelle", lambda rows: rows.filter(demonstration=None)),
        "fictive": ("fictive", lambda rows: rows.exclude(demonstration=None)),
    },
)
