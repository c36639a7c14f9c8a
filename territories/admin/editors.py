"""Change forms that say why, that several people have open at once, that take up old versions."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.template.response import TemplateResponse

from territories.admin.edited import edited
from territories.admin.editing import Editing
from territories.admin.history import HistoryAdmin, parent_of
from territories.admin.meanwhile import said_when
from territories.admin.vanished import without_vanished
from territories.history import because
from territories.naming import Names


class EditorsAdmin(HistoryAdmin):
    """Whatever the form: nothing that somebody else saved is overwritten unknowingly."""

    def _changeform_view(self, request, object_id, form_url, extra_context):
        is_sent = request.method == "POST"
        is_change = object_id is not None and not (is_sent and "_saveasnew" in request.POST)
        row = self.edited_row(request, object_id) if is_change else None
        if is_change and row is None and (page := self.gone_page(request, object_id)):
            return page
        editing = request.editing = Editing(self, request, row)
        if row and editing.taking_up and not self.has_change_permission(request, row):
            raise PermissionDenied
        if not is_sent:
            return super()._changeform_view(request, object_id, form_url, extra_context)
        if done := editing.begin():
            return self.answer_again(request, done, is_change)
        with because(editing.why):
            response = super()._changeform_view(request, object_id, form_url, extra_context)
        editing.end()
        return response

    def edited_row(self, request, object_id):
        """The row of a form, locked while it is saved; None when there is none."""
        try:
            pk = self.opts.pk.to_python(unquote(object_id))
        except ValidationError:
            return None
        rows = self.model._base_manager.filter(pk=pk)
        if request.method == "POST":
            rows = rows.select_for_update()
        return rows.first()

    def answer_again(self, request, row, is_change):
        """The answer to a form that was saved already: a button pressed twice."""
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return self.response_change(request, row) if is_change else self.response_add(request, row)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        editing = getattr(request, "editing", None)
        return edited(form, editing) if editing else form

    def get_formsets_with_inlines(self, request, obj=None):
        editing = getattr(request, "editing", None)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            inline.plain_form = formset.form
            if editing and hasattr(inline.model, "history"):
                formset.form = edited(formset.form, editing)
            yield formset, inline

    def get_formset_kwargs(self, request, obj, inline, prefix):
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        editing = getattr(request, "editing", None)
        if editing and editing.row is not None and hasattr(inline.model, "history"):
            parent = inline.model._meta.get_field(parent_of(inline.model, self.model)).attname
            history = inline.model.history.filter(**{parent: obj.pk})
            editing.carry(f"change_base_{prefix}", inline.model, history)
            if editing.is_sent:
                without_vanished(given, inline, prefix, editing)
        return given

    def render_change_form(self, request, context, *args, **kwargs):
        editing = request.editing
        given = {"editing": editing, "taking_up": None}
        if editing.taking_up:
            given["taking_up"] = editing.taking_up.told(context["adminform"].form)
        response = super().render_change_form(request, context | given, *args, **kwargs)
        if editing.overlaps or editing.revived:
            response.status_code = 409
        return response

    # Saving.

    def save_model(self, request, obj, form, change):
        request.editing.date(obj)
        if change and not form.is_changed:
            form.touched = []  # the search has nothing to learn
            return
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        for row in formset.forms:
            request.editing.date(row.instance)
        super().save_formset(request, form, formset, change)

    def log_change(self, request, obj, message):
        """Nothing, of a form that changed nothing."""
        return super().log_change(request, obj, message) if message else None

    def response_add(self, request, obj, post_url_continue=None):
        request.editing.saved = obj.pk
        return super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        editing = request.editing
        editing.saved = obj.pk
        for told, _, taken in editing.told:
            messages.info(request, f"{told}\u00a0: ses changements sont gardés aussi ({taken}).")
        return super().response_change(request, obj)

    # Deleted.

    def gone_page(self, request, object_id):
        """What to do when the row was deleted, with what was typed; None if it never was."""
        try:
            row, is_there = self.told_row(object_id)
        except Http404:
            return None
        may = self.has_change_permission if request.method == "POST" else self.has_view_permission
        if is_there or not may(request, row):
            return None
        last = self.model.history.filter(id=row.pk).order_by("history_id").last()
        names = Names([], [last.history_user_id])
        context = self.history_context(request, row, is_there=False) | {
            "title": f"Supprimé\u00a0: {row}",
            "who": names.who(last.history_user_id),
            "when": said_when(last.history_date),
            "why": last.history_change_reason or "",
            "typed": [*self.typed(request)] if request.method == "POST" else [],
        }
        return TemplateResponse(request, "admin/gone.html", context, status=410)

    def typed(self, request):
        """The texts of a form that was sent, by label."""
        form = self.get_form(request, None, fields=None)
        for name, field in form.base_fields.items():
            value = request.POST.get(name, "")
            if value and not hasattr(field, "queryset"):
                choices = dict(getattr(field, "choices", ()))
                yield field.label, choices.get(value, value)
