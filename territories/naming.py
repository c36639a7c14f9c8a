"""The names of rows of any model, asked together for a whole page."""

from collections import defaultdict
from functools import cache

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BigIntegerField, CharField, F, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.text import Truncator

from accounts.models import User

LONGEST_NAME = 80  # characters


def union(querysets):
    """All their rows, in one query; none when there are none of them."""
    first, *others = querysets or [()]
    return first.union(*others, all=True) if others else first


@cache
def spoken_column(model) -> str:
    """The column that the words of a row begin by, or nothing."""
    for name in ["title", "name", "wording", "headline"]:
        try:
            is_optional = model._meta.get_field(name).blank
        except FieldDoesNotExist:
            continue
        if not is_optional and str(model(**{name: "mot"})).startswith("mot"):
            return name
    return ""


def spoken(model):
    """What says a row of a model in a query, or None."""
    if model is User:
        return Coalesce(NullIf(F("name"), Value("")), F("email"))
    column = spoken_column(model)
    return F(column) if column else None


class Names:
    """The names of the rows that values point to, asked together.

    One query for all those that a column of theirs says, one for each other model; one more when
    some of them do not exist any more, to read what they were called.
    """

    def __init__(self, pairs, people=()):
        """``pairs`` are a field and a plain value; ``people`` are keys of accounts."""
        wanted = defaultdict(set)
        for each, value in pairs:
            if each.related_model and value:
                wanted[each.related_model].update(value if isinstance(value, list) else [value])
        if people := {pk for pk in people if pk}:
            wanted[User].update(people)
        self.found = {}
        by_column = {model: pks for model, pks in wanted.items() if spoken(model)}
        self.read(by_column, lambda model: model._base_manager, "pk")
        for model, pks in wanted.items():
            if model not in by_column:
                rows = model._base_manager.in_bulk(pks)
                self.found |= {(model, pk): str(row) for pk, row in rows.items()}
        gone = {
            model: lost
            for model, pks in by_column.items()
            if (lost := {pk for pk in pks if (model, pk) not in self.found})
            and hasattr(model, "history")
        }
        self.read(gone, lambda model: model.history.filter(history_type="-"), "id", " (supprimé)")

    def read(self, wanted, rows_of, key, suffix=""):
        said = [
            rows_of(model)
            .filter(**{f"{key}__in": pks})
            .order_by()
            .annotate(
                of=Cast(Value(model._meta.label), CharField(max_length=100)),
                row=Cast(F(key), BigIntegerField()),
                words=Cast(spoken(model), TextField()),
            )
            .values_list("of", "row", "words")
            for model, pks in wanted.items()
        ]
        models_by_label = {model._meta.label: model for model in wanted}
        for label, pk, words in union(said):
            name = Truncator(words).chars(LONGEST_NAME) + suffix
            self.found[models_by_label[label], pk] = name

    def name(self, model, pk) -> str:
        known = self.found.get((model, pk))
        return known or f"{model._meta.verbose_name} qui n’existe plus"

    def who(self, pk) -> str:
        """Whoever acted; the portal itself, when nobody did."""
        return self.name(User, pk) if pk else "Le portail"
