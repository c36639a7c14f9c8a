"""The button that undoes the last act of a list, for whoever did it, for ten minutes."""

from django.contrib import admin, messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from territories import undo
from territories.acts import ActError
from territories.models import Deed


class UndoAdmin(admin.ModelAdmin):
    """Knows the deeds that the acts of this list wrote. ``acts_of(user)`` gives the acts."""

    def get_urls(self):
        page = path(
            "annuler/<int:pk>/",
            self.admin_site.admin_view(self.undo_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_undo",
        )
        return [page, *super().get_urls()]

    def content_type(self):
        return ContentType.objects.get_for_model(self.model)

    def changelist_view(self, request, extra_context=None):
        extra = (extra_context or {}) | {"undoable": self.undoable(request.user)}
        return super().changelist_view(request, extra)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        extra = (extra_context or {}) | {"undoable": self.undoable(request.user)}
        return super().change_view(request, object_id, form_url, extra)

    def undoable(self, user):
        """The last deed of a person on this list, if it can be undone."""
        names = [name for name, act in self.acts_of(user).items() if not act.way_back]
        last = Deed.objects.fresh(user).filter(about=self.content_type()).first()
        return last if last and last.name in names else None

    def undo_view(self, request, pk):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deed = get_object_or_404(Deed, pk=pk, by=request.user, about=self.content_type())
        act = next((act for act in self.acts if act.name == deed.name), None)
        if act is None or act.way_back:
            raise Http404
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        try:
            done = undo.undo(deed=deed, by=request.user)
        except ActError as error:
            messages.error(request, error.message)
        else:
            first, *left = done.answer.split("\n")
            messages.add_message(
                request,
                messages.SUCCESS if done.writes.exists() else messages.WARNING,
                f"{done}. {first}",
            )
            for line in left:
                messages.warning(request, line)
        written = deed.writes.filter(model=deed.about).values("row")
        return self.back(self.model._default_manager.filter(pk__in=written))

    def back(self, rows):
        """To the page of a row that is alone, else to the list."""
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        found = [*rows.values_list("pk", flat=True)[:2]]
        if len(found) == 1:
            return redirect(f"{page}_change", found[0])
        return redirect(f"{page}_changelist")
