"""What history kept of a row, whatever its model: as plain values, then in words.

A version is a row of history; its values, and those of the row today, are the plain values of
``territories.editing``, lists of related rows included. Nothing here tells of a key, nor of a
field by its name in the code.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property

from django.db import models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst

from territories.differences import Clock, Piece, compare, shortened
from territories.editing import plain
from territories.french import long_date
from territories.markdown import RenderedField
from territories.models import Demonstration
from territories.naming import Names, union
from territories.pictures import Picture, PictureField

EMPTY = "(vide)"
SHORT = 60  # characters: two texts as short are told one after the other, not word by word


# Values.


@cache
def told_fields(model) -> dict:
    """The fields of a model that its history keeps and that people read, by name; lists last."""
    history = model.history.model
    kept = [*history.tracked_fields, *history._history_m2m_fields]
    return {each.name: each for each in kept if is_told(model._meta.get_field(each.name))}


def is_told(each):
    is_stamp = getattr(each, "auto_now", False) or getattr(each, "auto_now_add", False)
    is_machine = each.primary_key or is_stamp or isinstance(each, RenderedField)
    return not is_machine and each.related_model is not Demonstration


def columns_of(model):
    return [each for each in told_fields(model).values() if not each.many_to_many]


def lists_of(model):
    return [each for each in told_fields(model).values() if each.many_to_many]


def values_of_versions(model, versions) -> dict:
    """The values that rows of the history of a model kept, by pk of row; a query for the lists."""
    values = {version.pk: values_of_columns(model, version) for version in versions}
    pairs = []
    for each in lists_of(model):
        kept = getattr(model.history.model, each.name).model._default_manager
        rows = kept.filter(history__in=[*values])
        pairs.append(told_pairs(each, rows, "history_id", f"{each.m2m_reverse_field_name()}_id"))
    for name, version, pk in union(pairs):
        values[version][name].append(pk)
    return {version: sorted_lists(each) for version, each in values.items()}


def values_of_row(row) -> dict:
    """The values of a row as it stands in the database; a query for its lists."""
    values = values_of_columns(type(row), row)
    pairs = []
    for each in lists_of(type(row)):
        rows = each.remote_field.through._default_manager.filter(**{each.m2m_column_name(): row.pk})
        pairs.append(told_pairs(each, rows, each.m2m_column_name(), each.m2m_reverse_name()))
    for name, _, pk in union(pairs):
        values[name].append(pk)
    return sorted_lists(values)


def values_of_columns(model, row):
    values = {each.name: plain(getattr(row, each.attname)) for each in columns_of(model)}
    return values | {each.name: [] for each in lists_of(model)}


def told_pairs(each, rows, owner, target):
    named = rows.order_by().annotate(
        pair_of=Cast(Value(each.name), CharField(max_length=60)), owner=F(owner), target=F(target)
    )
    return named.values_list("pair_of", "owner", "target")


def sorted_lists(values):
    return {
        name: sorted(value) if isinstance(value, list) else value for name, value in values.items()
    }


# Words.


def label_of(each) -> str:
    return capfirst(each.verbose_name)


def long_moment(at) -> str:
    """« 12 mars 2026, 14:05 »."""
    local = timezone.localtime(at)
    return f"{long_date(local.date())}, {local:%H:%M}"


def words(each, value, names) -> str:
    """A plain value of a field, as people read it."""
    if value in ("", []):
        return ""
    if each.many_to_many:
        return ", ".join(sorted(names.name(each.related_model, pk) for pk in value))
    if each.related_model:
        return names.name(each.related_model, value)
    if each.choices:
        return str(dict(each.flatchoices).get(value, value))
    if isinstance(each, models.BooleanField):
        return "oui" if value else "non"
    if isinstance(each, models.DateTimeField):
        return long_moment(datetime.fromisoformat(value))
    if isinstance(each, models.DateField):
        return long_date(date.fromisoformat(value))
    if isinstance(each, models.DecimalField):
        return number_format(Decimal(value), force_grouping=True)
    if isinstance(each, PictureField):
        return "une image"
    return str(value)


@dataclass(frozen=True)
class Difference:
    """A field that differs, in words: what it was, what it is then."""

    field: object
    old: object
    new: object
    names: Names
    clock: Clock = field(repr=False)

    @property
    def label(self):
        return label_of(self.field)

    @property
    def name(self):
        return self.field.name

    @property
    def before(self):
        return words(self.field, self.old, self.names)

    @property
    def after(self):
        return words(self.field, self.new, self.names)

    @property
    def picture(self):
        """Of a picture: what became of it."""
        if not isinstance(self.field, PictureField):
            return ""
        if self.old and self.new:
            return "image remplacée"
        return "image ajoutée" if self.new else "image retirée"

    @property
    def pictures(self):
        if not self.picture:
            return []
        both = [("Avant", self.old), ("Après", self.new)]
        return [(when, Picture(name) if name else None) for when, name in both]

    @property
    def swap(self):
        """« brouillon → publié », of two values that are short or that are no text; or nothing."""
        if self.picture or self.field.many_to_many:
            return ""
        before, after = self.before, self.after
        is_text = isinstance(self.field, models.CharField | models.TextField)
        if is_text and not self.field.choices and not (is_short(before) and is_short(after)):
            return ""
        return f"{before or EMPTY} → {after or EMPTY}"

    @cached_property
    def pieces(self):
        """What goes and comes: words of a text, or rows of a list."""
        if self.field.many_to_many:
            return [piece for piece in self.listed if piece.state != "kept"]
        return compare(self.before, self.after, self.clock.left)

    @property
    def short_pieces(self):
        return self.pieces if self.field.many_to_many else shortened(self.pieces)

    @cached_property
    def listed(self):
        """The rows of a list that stay, go and come."""
        old, new = {*self.old}, {*self.new}
        states = {"kept": old & new, "gone": old - new, "come": new - old}
        return [
            Piece(f"{words(self.field, [*pks], self.names)} ", state)
            for state, pks in states.items()
            if pks
        ]

    @property
    def sides(self):
        """The pieces of what was, then those of what is."""
        pieces = self.listed if self.field.many_to_many else self.pieces
        return [[piece for piece in pieces if piece.state != other] for other in ("come", "gone")]


def is_short(text):
    return len(text) <= SHORT and "\n" not in text


def differences(model, before, after, names, clock):
    """The fields of a model that two dicts of values do not say alike."""
    return [
        Difference(each, before[name], after[name], names, clock)
        for name, each in told_fields(model).items()
        if before[name] != after[name]
    ]


def pairs_of(model, *all_values):
    """The fields and values that names are asked for."""
    fields = told_fields(model)
    return [(fields[name], value) for values in all_values for name, value in values.items()]
