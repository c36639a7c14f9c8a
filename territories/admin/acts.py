"""Acts in admin: of the rows chosen in a list, or of one from its page; always confirmed first.

The page that asks says what the act would do of each row. It can be opened by its address for a
row (``acte/suspendre/?rows=12``), and carries all the rows of a list in one field.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse

from territories.acts import ActError, kept

LONGEST_KEY = 18  # digits: more is no key of any database
MOST_TOLD = 10  # of the rows left out, in the message that reports


class NoForm(forms.Form):
    """Nothing to say but yes."""


class ReasonForm(forms.Form):
    """Why: obligatory."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Gardé dans l’historique\u00a0; le public ne le lit pas.",
        error_messages={"required": "Indiquez le motif\u00a0: il reste dans l’historique."},
    )


@dataclass(frozen=True)
class Act:
    """An act and its words. ``lines`` tells of a queryset; ``do`` acts, and returns the lines.

    ``done`` is the words of the report, for one row and for several, as in « 2 labels suspendus ».
    """

    name: str
    label: str
    permission: str
    lines: Callable
    do: Callable
    done: tuple[str, str]
    form: type[forms.Form] = NoForm
    help: str = ""
    alone: bool = False  # of one row at a time

    def report(self, count):
        one, several = self.done
        return f"{count} {one if count == 1 else several}." if count else "Rien n’a changé."

    def suits(self, row):
        """Whether the act would do anything to a row."""
        return bool(kept(self.lines(type(row)._default_manager.filter(pk=row.pk))))


def asking(act):
    """The action of a list that asks to confirm an act."""

    def ask(modeladmin, request, queryset):
        if act.alone and queryset.count() > 1:
            modeladmin.message_user(request, "Choisissez une seule ligne.", messages.ERROR)
            return None
        # Not that queryset, which counts and searches.
        rows = modeladmin.model.objects.filter(pk__in=queryset.order_by().values("pk"))
        return modeladmin.ask(request, act, rows, act.form())

    return ask


class ActsAdmin(admin.ModelAdmin):
    """Offers ``acts`` as actions of the list and as buttons of a row's page."""

    acts: tuple[Act, ...] = ()
    change_form_template = "admin/acts_change_form.html"

    def acts_of(self, user):
        return {act.name: act for act in self.acts if user.has_perm(act.permission)}

    def get_urls(self):
        page = path(
            "acte/<slug:name>/",
            self.admin_site.admin_view(self.act_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_act",
        )
        return [page, *super().get_urls()]

    def get_actions(self, request):
        actions = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions
        offered = {
            name: (asking(act), name, f"{act.label}…")
            for name, act in self.acts_of(request.user).items()
        }
        return offered | actions

    def act_address(self, act):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_act", args=[act.name])

    def act_view(self, request, name):
        act = next((act for act in self.acts if act.name == name), None)
        if act is None:
            raise Http404
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else request.GET
        keys = [k for k in sent.get("rows", "").split(",") if k.isdecimal()]
        rows = self.model.objects.filter(pk__in=[k for k in keys if len(k) <= LONGEST_KEY])
        count = rows.count()
        if not count or (act.alone and count > 1):
            raise Http404
        form = act.form(request.POST) if request.method == "POST" else act.form()
        if request.method == "POST" and form.is_valid():
            try:
                lines = act.do(rows, by=request.user, **form.cleaned_data)
            except ActError as error:
                form.add_error(None, error)
            else:
                return self.reported(request, act, rows, lines, form.cleaned_data.get("reason"))
        return self.ask(request, act, rows, form)

    def ask(self, request, act, rows, form):
        lines = act.lines(rows)
        context = self.admin_site.each_context(request) | {
            "title": act.label,
            "opts": self.opts,
            "act": act,
            "address": self.act_address(act),
            "rows": ",".join(str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)),
            "done": [line for line in lines if not line.refusal],
            "left": [line for line in lines if line.refusal],
            "form": form,
        }
        return render(request, "admin/act.html", context)

    def reported(self, request, act, rows, lines, reason):
        """Say what was done and what was not; go back to the row, or to the list."""
        done = kept(lines)
        changed = [row for row in done if isinstance(row, self.model)]
        for row in changed or (rows if done else ()):
            self.log_change(request, row, f"{act.label}\u00a0: {reason}" if reason else act.label)
        messages.add_message(
            request, messages.SUCCESS if done else messages.WARNING, act.report(len(done))
        )
        left = [line for line in lines if line.refusal]
        for line in left[:MOST_TOLD]:
            messages.warning(request, f"{line.row}\u00a0: {line.refusal}")
        if len(left) > MOST_TOLD:
            messages.warning(request, f"Et {len(left) - MOST_TOLD} autres laissés de côté.")
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if len(rows) == 1:
            return redirect(f"{page}_change", rows[0].pk)
        return redirect(f"{page}_changelist")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """With the buttons of the acts that this row may know."""
        row = self.get_object(request, object_id) if object_id.isdecimal() else None
        buttons = [
            {"label": act.label, "address": f"{self.act_address(act)}?rows={row.pk}"}
            for act in self.acts_of(request.user).values()
            if row is not None and act.suits(row)
        ]
        extra = (extra_context or {}) | {"act_buttons": buttons}
        return super().change_view(request, object_id, form_url, extra)
