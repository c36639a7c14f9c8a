"""Filters of a list: each choice with the number of rows it would leave, all in one query."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import CharField, Count, Q, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.text import slugify

MOST_VALUES = 50  # of one facet


def written_alone(value, text):
    return text


def unprepared(rows):
    return rows


@dataclass(frozen=True)
class Facet:
    """One criterion: ``name`` is its GET parameter, ``value`` the SQL expression it compares.

    ``text`` is the expression of a value's words, or ``labels`` gives them, in their order.
    ``write`` makes the words shown of a value and its text. ``prepare`` annotates what ``value``
    reads. Where ``value`` is costly to group by, ``raw`` is grouped instead and ``bucket`` turns
    what it gives into values.
    """

    name: str
    label: str
    value: Any
    text: Any = field(default_factory=lambda: Value(""))
    labels: dict[str, str] = field(default_factory=dict)
    write: Callable[[str, str], str] = written_alone
    prepare: Callable[[Any], Any] = unprepared
    raw: Any = None
    bucket: Callable[[str | None], str] | None = None

    def narrow(self, rows, everything, values):
        """The rows that have one of the values, never twice though joins repeat them."""
        valued = self.prepare(everything).annotate(facet=Cast(self.value, CharField()))
        matching = valued.filter(facet__in=values)
        return rows.filter(pk__in=matching.order_by().values("pk"))

    def counts(self, everything, others):
        """Rows of facet name, value, text and number, for the rows the other facets leave.

        ``others`` is None when they leave everything.
        """
        kept = None if others is None else Q(pk__in=others.order_by().values("pk"))
        return (
            self.prepare(everything)
            .order_by()
            .annotate(
                facet_name=Value(self.name),
                facet_value=Cast(self.raw or self.value, CharField()),
                facet_text=Cast(self.text, CharField()),
            )
            .values("facet_name", "facet_value", "facet_text")
            .annotate(number=Count("pk", distinct=True, filter=kept))
            .values_list("facet_name", "facet_value", "facet_text", "number")
        )


def readable(values):
    """The values given, once each: no NUL, which PostgreSQL cannot compare, and not thousands."""
    return [*dict.fromkeys(value.replace("\x00", "\ufffd") for value in values)][:MOST_VALUES]


@dataclass(frozen=True)
class Tag:
    """A filter in force: its words, and the query string without it."""

    label: str
    without: str


class FilterForm(forms.Form):
    """A box a facet, a choice of order; keeps and explains what it does not know.

    ``everything`` is the public list; ``rows`` what the filters leave of it, none when a value is
    unknown: an address that lies must not show everything. Costs one query.
    """

    def __init__(self, data: QueryDict, *, everything, facets, orders):
        super().__init__(data=data)
        self.everything, self.facets, self.orders = everything, facets, orders
        self.chosen = {facet.name: readable(data.getlist(facet.name)) for facet in facets}
        choices = self.read_choices()
        for facet in facets:
            self.fields[facet.name] = forms.MultipleChoiceField(
                label=facet.label,
                choices=choices[facet.name],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "invalid_choice": "«\u00a0%(value)s\u00a0» n’est pas un choix proposé "
                    "ici\u00a0: retirez-le ou choisissez dans la liste."
                },
            )
        self.fields["tri"] = forms.ChoiceField(
            label="Trier par",
            choices=[(name, label) for name, (label, _) in orders.items()],
            required=False,
            error_messages={
                "invalid_choice": "Cet ordre n’existe pas\u00a0: choisissez dans la liste."
            },
        )
        self.initial["tri"] = next(iter(orders))

    def left_by(self, facets):
        rows = self.everything
        for facet in facets:
            rows = facet.narrow(rows, self.everything, self.chosen[facet.name])
        return rows

    def read_choices(self):
        active = [facet for facet in self.facets if self.chosen[facet.name]]
        queries = []
        for facet in self.facets:
            others = [other for other in active if other is not facet]
            queries.append(facet.counts(self.everything, self.left_by(others) if others else None))
        buckets = {facet.name: facet.bucket for facet in self.facets}
        found = {facet.name: {} for facet in self.facets}
        for name, value, text, number in queries[0].union(*queries[1:], all=True):
            value = buckets[name](value) if buckets[name] else value
            if value:
                _, so_far = found[name].get(value, ("", 0))
                found[name][value] = text, so_far + number
        return {facet.name: sorted_choices(facet, found[facet.name]) for facet in self.facets}

    @property
    def rows(self):
        if not self.is_valid():
            return self.everything.none()
        return self.left_by(facet for facet in self.facets if self.chosen[facet.name])

    @property
    def order(self):
        """What to order the rows by; their annotations are the caller's."""
        name = self.cleaned_data.get("tri") or self.initial["tri"]
        return self.orders[name][1]

    @property
    def boxes(self):
        return [self[facet.name] for facet in self.facets if self[facet.name].field.choices]

    @property
    def tags(self):
        """The values in force, each with the address that lifts it; unknown ones too."""
        tags = []
        for facet in self.facets:
            words = {value: label.name for value, label in self.fields[facet.name].choices}
            for value in self.chosen[facet.name]:
                rest = self.data.copy()
                rest.pop("page", None)
                rest.setlist(facet.name, [v for v in self.chosen[facet.name] if v != value])
                tags.append(
                    Tag(f"{facet.label}\u00a0: {words.get(value, value)}", rest.urlencode())
                )
        return tags


class Choice(str):
    """A choice as shown, « Bretagne (3) »; ``name`` is it without the number."""

    name: str

    @classmethod
    def of(cls, name, number):
        choice = cls(f"{name} ({number})")
        choice.name = name
        return choice


def sorted_choices(facet, found):
    """The (value, Choice) pairs of a facet, in the order of its labels or of their words.

    ``found`` gives the text and the number of each value.
    """
    if facet.labels:
        return [
            (value, Choice.of(label, found[value][1]))
            for value, label in facet.labels.items()
            if value in found
        ]
    named = [(value, facet.write(value, text), number) for value, (text, number) in found.items()]
    ordered = sorted(named, key=lambda choice: slugify(choice[1]))
    return [(value, Choice.of(name, number)) for value, name, number in ordered]
