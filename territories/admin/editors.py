"""Change forms that say why, that two people may have open at once, and that take up old versions.

Beside its fields, a form carries what ``EditingForm`` names: the last row of history that it was
filled from, one for each table of children; a key that is used once; the version it takes up.
"""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property

from territories.admin.edited import edited
from territories.admin.history import LONGEST_KEY, HistoryAdmin, parent_of
from territories.admin.meanwhile import Meanwhile, said_when
from territories.admin.taking_up import TakingUp
from territories.admin.vanished import without_vanished
from territories.history import LONGEST_REASON, because
from territories.versions import Names

A_DAY = 86_400  # seconds: as long as a page stays open, or more
KEY_LENGTH = 32


class EditingForm(forms.Form):
    """What a change form carries beside the fields of its row."""

    change_reason = forms.CharField(
        label="Motif du changement",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Gardé dans l’historique\u00a0; le public ne le lit pas.",
    )
    change_base = forms.CharField(required=False)
    change_once = forms.CharField(required=False)
    change_version = forms.CharField(required=False)
    change_picture = forms.BooleanField(required=False)


class Editing:
    """One request of a form: what it was filled from, what happened since, what it will keep."""

    def __init__(self, part, request, row):
        self.part, self.request, self.row = part, request, row
        self.is_sent = request.method == "POST"
        self.form = EditingForm(request.POST if self.is_sent else None)
        self.form.is_valid()
        self.sent = getattr(self.form, "cleaned_data", {})
        self.take = request.POST.getlist("change_take") if self.is_sent else []
        self.at = timezone.now()
        self.marks, self.inlines = {}, []
        if row is not None:
            self.carry("change_base", part.model, part.model.history.filter(id=row.pk))
        self.overlaps, self.taken, self.revived = [], [], {}
        self.saved = None

    # What a form was filled from.

    def carry(self, name, model, history):
        """Note the last row of a history, as it is and as the form sent it."""
        last = history.aggregate(last=Max("history_id"))["last"] or 0
        sent = key_of(self.request.POST.get(name, "")) if self.is_sent else last
        self.marks[model] = sent
        self.inlines.append((name, sent, last))

    @property
    def bases(self):
        """The hidden fields: names and values. What others changed, once shown, is known."""
        is_told = self.overlaps or self.taken
        return [
            (name, last if is_told or sent is None else sent) for name, sent, last in self.inlines
        ]

    def is_about(self, row):
        return self.row is not None and type(row) is self.part.model and row.pk == self.row.pk

    def meanwhile(self, row, current):
        """What others saved of a row since; None when nobody did, or the form does not say when."""
        mark = self.marks.get(type(row))
        if mark is None or (not self.is_about(row) and row.pk not in self.changed[type(row)]):
            return None
        found = Meanwhile(row, mark, current, self.request.user)
        return found if found.versions else None

    @cached_property
    def changed(self):
        """The keys of the children that history has news of, by model."""
        found = {}
        for model, mark in self.marks.items():
            if mark is not None and model is not self.part.model:
                parent = model._meta.get_field(parent_of(model, self.part.model)).attname
                rows = model.history.filter(history_id__gt=mark, **{parent: self.row.pk})
                found[model] = {*rows.values_list("id", flat=True)}
        return found

    def note(self, meanwhile, labels):
        if labels:
            self.taken.append((meanwhile, labels))

    @property
    def told(self):
        """Each saving to tell of, once, with the fields that both changed and those taken."""
        found = {}
        for meanwhile, label in self.overlaps:
            found.setdefault(meanwhile.told(), ([], []))[0].append(label)
        for meanwhile, labels in self.taken:
            found.setdefault(meanwhile.told(), ([], []))[1].extend(labels)
        return [(told, ", ".join(both), ", ".join(taken)) for told, (both, taken) in found.items()]

    # An old version.

    @cached_property
    def taking_up(self):
        """The version that the form takes up, or None; 404 when it is not one of its row."""
        given = self.sent.get("change_version") or self.request.GET.get("version")
        if not given or self.row is None:
            return None
        try:
            return TakingUp(self.row, self.part.version(self.row, given))
        except Http404:
            if self.is_sent:
                return None  # what was typed is worth more than where it came from
            raise

    @property
    def filling(self):
        """What the form is filled with, instead of the row."""
        return self.taking_up.initial if self.taking_up and not self.is_sent else None

    @property
    def former_picture(self):
        if self.sent.get("change_picture") and self.taking_up:
            return self.taking_up.picture
        return None

    @property
    def picture_is_taken(self):
        return not self.is_sent or self.sent.get("change_picture")

    # Why.

    @property
    def why(self):
        return self.sent.get("change_reason") or self.usual_reason

    @property
    def usual_reason(self):
        return self.taking_up.reason if self.taking_up else ""

    @property
    def reason_field(self):
        field = self.form["change_reason"]
        if self.usual_reason:
            self.form.initial["change_reason"] = self.usual_reason
        return field

    def date(self, row):
        """All that a form writes is one act, of one moment."""
        row._history_date = self.at

    # Once.

    @cached_property
    def sent_key(self):
        sent = self.sent.get("change_once", "")
        is_key = len(sent) == KEY_LENGTH and sent.isascii() and sent.isalnum()
        return sent if is_key else ""

    @property
    def key(self):
        """The key that the form uses once: its own, until it is saved."""
        return self.sent_key or get_random_string(KEY_LENGTH)

    @property
    def address(self):
        return f"once:{self.part.opts.label_lower}:{self.request.user.pk}:{self.sent_key}"

    def begin(self):
        """Take the key; the row that was saved with it already, if any."""
        if not self.sent_key or cache.add(self.address, 0, A_DAY):
            return None
        done = cache.get(self.address)
        return self.part.model._base_manager.filter(pk=done).first() if done else None

    def end(self):
        """Keep what was saved, or give the key back."""
        if not self.sent_key:
            return
        if self.saved:
            cache.set(self.address, self.saved, A_DAY)
        else:
            cache.delete(self.address)


def key_of(text):
    """The number of a row of history, or None."""
    is_key = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    return int(text) if is_key else None


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
