"""What a change form carries beside the fields of its row, and what it is told of the others.

Hidden in it: the last row of history that it was filled from, one for each table of children; a
key that is used once; the version it takes up. Shown: why.
"""

from hashlib import sha256

from django import forms
from django.core.cache import cache
from django.db.models import Max
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property

from territories.admin.history import parent_of
from territories.admin.meanwhile import Meanwhile
from territories.admin.taking_up import TakingUp
from territories.history import LONGEST_REASON
from territories.keys import key_of

A_DAY = 86_400  # seconds: as long as a page stays open, or more
KEY_LENGTH = 32
CSRF = "csrfmiddlewaretoken"


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
        self.marks, self.inlines, self.news = {}, [], {}
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
        if mark is None or (not self.is_about(row) and row.pk not in self.changed(type(row))):
            return None
        found = Meanwhile(row, mark, current, self.request.user)
        return found if found.versions else None

    def changed(self, model):
        """The keys of the children of a model that history has news of, asked for once."""
        if model not in self.news:
            parent = model._meta.get_field(parent_of(model, self.part.model)).attname
            rows = model.history.filter(history_id__gt=self.marks[model], **{parent: self.row.pk})
            self.news[model] = {*rows.values_list("id", flat=True)}
        return self.news[model]

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

    @cached_property
    def address(self):
        """Of what was sent, word for word: a page seen again by going back may send other words."""
        words = [(name, values) for name, values in self.request.POST.lists() if name != CSRF]
        files = [(name, file.name, file.size) for name, file in self.request.FILES.items()]
        digest = sha256(repr((words, files)).encode("utf-8", "surrogatepass")).hexdigest()
        return f"once:{self.part.opts.label_lower}:{self.request.user.pk}:{digest}"

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
