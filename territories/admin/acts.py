"""Acts in admin: of the rows chosen in a list, or of one from its page; always confirmed first.

The page that asks says what the act would do of each row. It can be opened by its address for a
row (``acte/suspendre/?rows=12``), and carries all the rows of a list in one field. An act whose
effect depends on what is typed is asked in two steps: what is wanted, then what it would do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import render
from django.urls import path, reverse

from territories import undo
from territories.acts import LONGEST_REASON, ActError, kept, noted
from territories.admin.undo import UndoAdmin
from territories.keys import key_of
from territories.models.deed import MINUTES

MISSING = "Une ligne choisie n’existe plus\u00a0: l’acte est déjà fait, ou elle a été supprimée."
MOST_TOLD = 10  # of the rows left out, in the message that reports


class ActForm(forms.Form):
    """What an act asks; it knows the rows chosen."""

    def __init__(self, *args, rows=None, **options):
        super().__init__(*args, **options)
        self.rows = rows


class NoForm(ActForm):
    """Nothing to say but yes."""


class ReasonForm(ActForm):
    """Why: obligatory."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Gardé dans l’historique\u00a0; le public ne le lit pas.",
        error_messages={"required": "Indiquez le motif\u00a0: il reste dans l’historique."},
    )


class ShortReasonForm(ReasonForm):
    """For the rows that keep a reason in their history alone, whole."""

    reason = forms.CharField(
        label="Motif",
        max_length=LONGEST_REASON - 20,  # the name of the act stands before
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=f"En une phrase, {LONGEST_REASON - 20}\u00a0caractères au plus. "
        + ReasonForm.base_fields["reason"].help_text,
        error_messages=ReasonForm.base_fields["reason"].error_messages,
    )


@dataclass(frozen=True)
class Act:
    """An act and its words. ``lines`` tells of a queryset; ``do`` acts, and returns the lines.

    ``done`` is the words of the report, for one row and for several, as in « 2 labels suspendus ».
    ``plan`` tells what would be done of the rows with what is typed: that is then shown before.
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
    together: bool = False  # of all the rows chosen, or of none
    plan: Callable | None = None
    heading: str = "Ce que verra le public"  # of what ``lines`` or ``plan`` tells
    way_back: str = ""  # how to go back by hand, from an act that is not undone

    def count(self, number):
        one, several = self.done
        return f"{number} {one if number == 1 else several}"

    def report(self, number):
        return f"{self.count(number)}." if number else "Rien n’a changé."

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
        return modeladmin.ask(request, act, rows, act.form(rows=rows))

    return ask


class ActsAdmin(UndoAdmin):
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
        keys = {key_of(key) for key in sent.get("rows", "").split(",")} - {None}
        rows = self.model.objects.filter(pk__in=keys)
        count = rows.count()
        if not count or (act.alone and count > 1):
            raise Http404
        if request.method != "POST":
            return self.ask(request, act, rows, act.form(rows=rows))
        if act.together and count < len(keys):
            messages.warning(request, MISSING)
            return self.back(rows)
        form = act.form(request.POST, rows=rows)
        if form.is_valid() and "again" not in request.POST:
            try:
                return self.next_step(request, act, rows, form)
            except ActError as error:
                form.add_error(None, error)
        return self.ask(request, act, rows, form)

    def next_step(self, request, act, rows, form):
        """Show what the act would do with what is typed, or do it."""
        if act.plan and "confirmed" not in request.POST:
            return self.ask(request, act, rows, form, act.plan(rows, **form.cleaned_data))
        keys = [*rows.values_list("pk", flat=True)]
        with transaction.atomic(), noted() as writes:
            lines = act.do(rows, by=request.user, **form.cleaned_data)
            if writes:
                about, told = self.content_type(), act.count(len(kept(lines)))
                undo.keep(by=request.user, about=about, name=act.name, told=told, writes=writes)
        return self.reported(request, act, keys, lines, form.cleaned_data.get("reason"))

    def ask(self, request, act, rows, form, plan=None):
        """``plan``: the lines that what is typed gives, shown with a form that is now hidden."""
        lines = act.lines(rows) if plan is None else plan
        context = self.admin_site.each_context(request) | {
            "title": act.label,
            "opts": self.opts,
            "act": act,
            "address": self.act_address(act),
            "rows": ",".join(str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)),
            "done": [line for line in lines if not line.refusal],
            "left": [line for line in lines if line.refusal],
            "form": form,
            "is_first_step": act.plan and plan is None,
            "is_last_step": plan is not None,
            "minutes": MINUTES,
        }
        return render(request, "admin/act.html", context)

    def reported(self, request, act, keys, lines, reason):
        """Say what was done and what was not; go back to the row, or to the list."""
        done = kept(lines)
        rows = self.model._default_manager.filter(pk__in=keys)
        changed = {row.pk: row for row in done if isinstance(row, self.model)}
        there = self.model._default_manager.filter(pk__in=changed).values_list("pk", flat=True)
        for row in [changed[pk] for pk in there] or (rows if done else ()):
            self.log_change(request, row, f"{act.label}\u00a0: {reason}" if reason else act.label)
        told = act.report(len(done))
        if done and not act.way_back:
            told = f"{told} Un bouton l’annule, pendant {MINUTES}\u00a0minutes."
        messages.add_message(request, messages.SUCCESS if done else messages.WARNING, told)
        left = [line for line in lines if line.refusal]
        for line in left[:MOST_TOLD]:
            messages.warning(request, f"{line}\u00a0: {line.refusal}")
        if len(left) > MOST_TOLD:
            messages.warning(request, f"Et {len(left) - MOST_TOLD} autres laissés de côté.")
        return self.back(rows)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """With the buttons of the acts that this row may know."""
        row = self.get_object(request, object_id) if key_of(object_id) else None
        buttons = [
            {"label": act.label, "address": f"{self.act_address(act)}?rows={row.pk}"}
            for act in self.acts_of(request.user).values()
            if row is not None and act.suits(row)
        ]
        extra = (extra_context or {}) | {"act_buttons": buttons}
        return super().change_view(request, object_id, form_url, extra)
