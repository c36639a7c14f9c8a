"""Every act on the site, by whom, when and why: read from the histories and from admin’s own log.

An act on a model that has a history is read there alone; the log tells the others.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    F,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.roles import JOURNAL

PER_PAGE = 50
LOG = "log"
# A fourth flag of admin’s log, for what changes nothing: Django has three.
LOOKED = 4
DONE = {"+": "Ajout", "~": "Modification", "-": "Suppression", "o": "Consultation"}
# The words of a row, by the first of these fields that its model has.
WORDS = ["title", "name", "wording", "headline", "email", "text", "summary", "comment"]
COLUMNS = ["act_of", "act_row", "act_at", "act_by", "act_done", "act_about", "act_why", "act_type"]


def is_tracked(model):
    return getattr(model._meta, "simple_history_manager_attribute", "") == "history"


def tracked():
    """The models that have a history, by label."""
    models = [model for model in apps.get_models() if is_tracked(model)]
    return {model._meta.label_lower: model for model in models}


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class JournalForm(forms.Form):
    q = forms.CharField(label="Texte ou motif", required=False, max_length=100)
    par = forms.ModelChoiceField(
        User.objects.all(), label="Personne", required=False, empty_label="Tout le monde"
    )
    objet = forms.ChoiceField(label="Objet", required=False)
    du = forms.DateField(
        label="Du",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    au = forms.DateField(
        label="Au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        named = [(label, capfirst(model._meta.verbose_name)) for label, model in tracked().items()]
        self.fields["objet"].choices = [
            ("", "Tout"),
            *sorted(named, key=lambda choice: choice[1]),
            (LOG, "Comptes, groupes, courrier et listes"),
        ]
        # Staff and coordinators act; the others would only lengthen the list.
        acting = Q(is_staff=True) | Q(coordinations__isnull=False)
        self.fields["par"].queryset = User.objects.filter(acting).distinct()


def words(expression):
    return Coalesce(Cast(expression, TextField()), Value("", TextField()))


def history_of(label, model):
    """The acts on a model, in the columns that all share."""
    rows = model.history.model.objects.order_by()
    fields = {field.name for field in rows.model._meta.concrete_fields}
    about = next((name for name in WORDS if name in fields), None)
    return rows.annotate(
        act_of=Cast(Value(label), CharField(max_length=100)),
        act_row=Cast(F(model._meta.pk.attname), BigIntegerField()),
        act_at=F("history_date"),
        act_by=F("history_user_id"),
        act_done=Cast(F("history_type"), CharField(max_length=1)),
        act_about=words(F(about) if about else Value("")),
        act_why=words(F("history_change_reason")),
        act_type=Cast(Value(None), BigIntegerField()),
    )


def log():
    """The acts that only admin’s log tells."""
    types = ContentType.objects.get_for_models(*tracked().values()).values()
    rows = LogEntry.objects.exclude(content_type__in=[kind.pk for kind in types]).order_by()
    done = Case(
        When(action_flag=ADDITION, then=Value("+")),
        When(action_flag=DELETION, then=Value("-")),
        When(action_flag=LOOKED, then=Value("o")),
        default=Value("~"),
        output_field=CharField(max_length=1),
    )
    return rows.annotate(
        act_of=Cast(Value(LOG), CharField(max_length=100)),
        act_row=Cast(F("object_id"), BigIntegerField()),
        act_at=Cast(F("action_time"), DateTimeField()),
        act_by=F("user_id"),
        act_done=Cast(done, CharField(max_length=1)),
        act_about=words(F("object_repr")),
        act_why=words(F("change_message")),
        act_type=Cast(F("content_type_id"), BigIntegerField()),
    )


def note_look(*, by, account, told, at):
    """Write in admin’s log that somebody looked at what is of an account, or stopped."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=account.pk,
        object_repr=str(account)[:200],
        action_flag=LOOKED,
        change_message=told,
        action_time=at,
    )


def midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def acts(*, text="", by=None, of="", since=None, until=None):
    """The acts that these keep, last first."""
    asked = Q()
    for word in text.split():
        asked &= Q(act_about__folded=word) | Q(act_why__folded=word)
    if by:
        asked &= Q(act_by=by.pk)
    if since:
        asked &= Q(act_at__gte=midnight(since))
    if until:
        asked &= Q(act_at__lt=midnight(until + timedelta(days=1)))
    sources = [history_of(label, model) for label, model in tracked().items() if of in ("", label)]
    if of in ("", LOG):
        sources.append(log())
    first, *others = [rows.filter(asked).values(*COLUMNS) for rows in sources]
    found = first.union(*others, all=True) if others else first
    return found.order_by("-act_at", "act_of", "-act_row")


def in_words(rows):
    """Each act of a page as its template shows it.

    The names are asked for in one query, and the words of rows that have none of their own (a
    right, a label) in one for each of their models.
    """
    names = User.objects.in_bulk({row["act_by"] for row in rows if row["act_by"]})
    kinds = ContentType.objects.in_bulk({row["act_type"] for row in rows if row["act_type"]})
    models = tracked()
    wordless = told({(row["act_of"], row["act_row"]) for row in rows if not row["act_about"]})
    for row in rows:
        is_logged = row["act_of"] == LOG
        kind = kinds.get(row["act_type"])
        model = (kind and kind.model_class()) if is_logged else models[row["act_of"]]
        why = row["act_why"]
        about = row["act_about"] or wordless.get((row["act_of"], row["act_row"]))
        yield {
            "at": row["act_at"],
            "who": names.get(row["act_by"]) or "Le portail",
            "done": DONE[row["act_done"]],
            "kind": model._meta.verbose_name if model else "",
            "about": about or f"n°\u00a0{row['act_row']}",
            "why": LogEntry(change_message=why).get_change_message() if is_logged else why,
            "address": "" if row["act_done"] == "-" or not model else address(model, row),
        }


def told(asked):
    """What the rows asked for, as pairs of a label and a key, say of themselves, if still there."""
    keys = defaultdict(set)
    for label, key in asked:
        keys[label].add(key)
    models = tracked()
    return {
        (label, key): str(row)
        for label in keys.keys() & models.keys()
        for key, row in models[label]._base_manager.select_related().in_bulk(keys[label]).items()
    }


def address(model, row):
    if model not in admin.site._registry:
        return ""
    try:
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return reverse(page, args=[row["act_row"]])
    except NoReverseMatch:
        return ""


def note(user, told):
    """Keep what somebody did to their own account, which no history tells."""
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, told, single_object=True)


@require_GET
def journal(request):
    """Search every act; for the administration and the observers."""
    if not request.user.has_perm(JOURNAL):
        raise PermissionDenied
    form = JournalForm(request.GET)
    found = []
    if form.is_valid():
        asked = form.cleaned_data
        found = acts(
            text=asked["q"],
            by=asked["par"],
            of=asked["objet"],
            since=asked["du"],
            until=asked["au"],
        )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = admin.site.each_context(request) | {
        "title": "Journal",
        "form": form,
        "page": page,
        "acts": [*in_words([*page])],
        "query": query.urlencode(),
    }
    return render(request, "admin/journal.html", context)
