"""The history of a row in the administration: its acts in words, and two versions side by side."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe
from simple_history.admin import SimpleHistoryAdmin

from territories.differences import Clock
from territories.keys import key_of
from territories.naming import Names
from territories.timeline import PAGE_SECONDS, Source, Timeline
from territories.versions import (
    differences,
    long_moment,
    pairs_of,
    values_of_row,
    values_of_versions,
)

ACTS_A_PAGE = 20
TODAY = "aujourdhui"


class HistoryAdmin(SimpleHistoryAdmin):
    """Tells the history of a row and of those that its form holds; compares two of its versions.

    The page of simple-history that puts an old version back is left out: it lets those write who
    may only look.
    """

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_compare"
        page = path(
            "<path:object_id>/history/comparer/",
            self.admin_site.admin_view(require_safe(self.compare_view)),
            name=name,
        )
        return [page, *super(SimpleHistoryAdmin, self).get_urls()]

    def revert_disabled(self, request, obj=None):
        return True

    def told_row(self, object_id):
        """The row of an address, and whether it is still there; else 404."""
        try:
            pk = self.opts.pk.to_python(unquote(object_id))
        except ValidationError as error:
            raise Http404 from error
        if row := self.model._base_manager.filter(pk=pk).first():
            return row, True
        last = self.model.history.filter(id=pk).order_by("history_id").last()
        if last is None:
            raise Http404
        return last.instance, False

    def seen_row(self, request, object_id):
        """The same, for whoever may look at it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, is_there = self.told_row(object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return row, is_there

    def sources(self, request, row):
        """Its model, then those of its form whose history this person may read."""
        found = [Source(self.model)]
        for inline in self.inlines:
            part = inline(self.model, self.admin_site)
            if hasattr(part.model, "history") and part.has_view_permission(request, row):
                found.append(Source(part.model, parent_of(part.model, self.model)))
        return found

    def page_of(self, verb, row):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{verb}", args=[row.pk])

    def history_view(self, request, object_id, extra_context=None):
        row, is_there = self.seen_row(request, object_id)
        timeline = Timeline(self.sources(request, row), row.pk)
        page = Paginator(timeline.acts, ACTS_A_PAGE).get_page(request.GET.get(PAGE_VAR))
        entries = timeline.told(page.object_list)
        offered = [entry.version for entry in entries if entry.version]
        context = self.history_context(request, row, is_there) | {
            "title": f"Historique\u00a0: {row}",
            "page": page,
            "page_range": page.paginator.get_elided_page_range(page.number),
            "page_var": PAGE_VAR,
            "entries": entries,
            "compared": [*offered[1:2], *offered[:1]],  # the two that are ticked at first
            "is_cut": timeline.is_cut,
            "today": TODAY,
        }
        return TemplateResponse(request, "admin/history.html", context | (extra_context or {}))

    def history_context(self, request, row, is_there):
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "row": row,
            "is_there": is_there,
            "can_restore": is_there and self.has_change_permission(request, row),
            "change_address": self.page_of("change", row),
            "history_address": self.page_of("history", row),
            "compare_address": self.page_of("compare", row),
        }

    def compare_view(self, request, object_id):
        row, is_there = self.seen_row(request, object_id)
        keys = [request.GET.get(name, "") for name in ["de", "a"]]
        if "" in keys:
            messages.warning(request, "Choisissez les deux versions à comparer.")
            return redirect(self.page_of("history", row))
        sides = [self.side(row, key, is_there) for key in keys]
        old, new = sorted(sides, key=lambda side: (side.at, side.number or 0))
        values = [side.values for side in (old, new)]
        names = Names(pairs_of(self.model, *values), [old.by, new.by])
        timeline = Timeline(self.sources(request, row), row.pk)
        context = self.history_context(request, row, is_there) | {
            "title": f"Comparaison\u00a0: {row}",
            "sides": [(side, names.who(side.by)) for side in (old, new)],
            "is_same": old.number == new.number,
            "differences": differences(self.model, *values, names, Clock(PAGE_SECONDS)),
            "changes": timeline.between(timeline.moment(old), timeline.moment(new)),
        }
        return TemplateResponse(request, "admin/compare.html", context)

    def side(self, row, key, is_there):
        if key == TODAY and is_there:
            return Side(row)
        return Side(row, self.version(row, key))

    def version(self, row, key):
        """A row of the history of a row, by its key; 404 when it is not one."""
        version = self.model.history.filter(id=row.pk, history_id=key_of(key)).first()
        if not version:
            raise Http404
        return version


class Side:
    """A version to compare, or the row as it stands."""

    def __init__(self, row, version=None):
        self.row, self.version = row, version
        self.number = version.history_id if version else None
        self.at = version.history_date if version else timezone.now()
        self.by = version.history_user_id if version else None

    @property
    def when(self):
        return long_moment(self.at)

    @cached_property
    def values(self):
        if self.version is None:
            return values_of_row(self.row)
        return values_of_versions(type(self.row), [self.version])[self.number]


def parent_of(model, parent):
    """The name of the field by which rows of a model belong to one of another."""
    return next(each.name for each in model._meta.fields if each.related_model is parent)
