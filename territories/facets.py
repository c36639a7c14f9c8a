"""Filters of a list: each choice with the number of rows it would leave, all in one query."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Aggregate, CharField, TextField, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.text import slugify

MOST_VALUES = 50  # of one facet, chosen at once
MOST_BOXES = 60  # of one facet, shown at once


class Keys(Aggregate):
    """The primary keys of a group as one text, « 3,14,15 », repeated where joins repeat rows."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="STRING_AGG", **context)


def written_alone(value, text):
    return text


def as_read(value):
    return value


def unprepared(rows):
    return rows


@dataclass(frozen=True)
class Facet:
    """One criterion: ``name`` is its GET parameter, ``value`` the SQL expression it compares.

    ``text`` is the expression of a value's words, or ``labels`` gives them, in their order.
    ``write`` makes the words shown of a value and its text. ``prepare`` annotates what ``value``
    reads. ``bucket`` turns what SQL gives, as text or nothing, into the value.
    """

    name: str
    label: str
    value: Any
    text: Any = field(default_factory=lambda: Value(""))
    labels: dict[str, str] = field(default_factory=dict)
    write: Callable[[str, str], str] = written_alone
    prepare: Callable[[Any], Any] = unprepared
    bucket: Callable[[str | None], str | None] = as_read

    def keys(self, everything):
        """Rows of facet name, value, text and the keys of what has that value."""
        return (
            self.prepare(everything)
            .order_by()
            .annotate(
                facet_name=Value(self.name),
                facet_value=Cast(self.value, CharField()),
                facet_text=Cast(self.text, CharField()),
            )
            .values("facet_name", "facet_value", "facet_text")
            .annotate(keys=Keys(Cast("pk", CharField())))
            .values_list("facet_name", "facet_value", "facet_text", "keys")
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
        self.words, self.having = self.read()
        for facet in facets:
            choices = self.choices_of(facet)
            field = self.fields[facet.name] = forms.MultipleChoiceField(
                label=facet.label,
                choices=choices,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                error_messages={
                    "invalid_choice": "«\u00a0%(value)s\u00a0» n’est pas un choix proposé "
                    "ici\u00a0: retirez-le ou choisissez dans la liste."
                },
            )
            if len(choices) > MOST_BOXES:
                field.widget.choices = self.boxes_among(choices, self.chosen[facet.name])
                field.help_text = f"Les {MOST_BOXES} choix les plus fournis."
        self.fields["tri"] = forms.ChoiceField(
            label="Trier par",
            choices=[(name, label) for name, (label, _) in orders.items()],
            required=False,
            error_messages={
                "invalid_choice": "Cet ordre n’existe pas\u00a0: choisissez dans la liste."
            },
        )
        self.initial["tri"] = next(iter(orders))

    def read(self):
        """The words of each value, then the keys of the rows that have it, by facet.

        Counted here rather than in SQL, where each choice would be counted among what the other
        facets leave: a statement so long that PostgreSQL once planned it for ten seconds.
        """
        words, having = defaultdict(dict), defaultdict(lambda: defaultdict(set))
        buckets = {facet.name: facet.bucket for facet in self.facets}
        queries = [facet.keys(self.everything) for facet in self.facets]
        for name, value, text, keys in queries[0].union(*queries[1:], all=True):
            if value := buckets[name](value):
                words[name][value] = text
                having[name][value].update(keys.split(","))
        return words, having

    def left_by(self, facets):
        """The keys of what has, for each of the facets, one of the values chosen; None: of all."""
        kept = None
        for facet in facets:
            if values := self.chosen[facet.name]:
                having = set().union(*(self.having[facet.name].get(value, ()) for value in values))
                kept = having if kept is None else kept & having
        return kept

    def choices_of(self, facet):
        """The (value, Choice) pairs, in the order of the facet's labels or of their words."""
        others = self.left_by(other for other in self.facets if other is not facet)
        having, words = self.having[facet.name], self.words[facet.name]
        if facet.labels:
            named = [(value, name) for value, name in facet.labels.items() if value in words]
        else:
            named = [(value, facet.write(value, text)) for value, text in words.items()]
            named.sort(key=lambda choice: slugify(choice[1]))
        return [
            (
                value,
                Choice.of(name, len(having[value] if others is None else having[value] & others)),
            )
            for value, name in named
        ]

    def boxes_among(self, choices, chosen):
        """Those chosen and, of the others, the ones that leave most; in the order they had."""
        fullest = sorted(choices, key=lambda choice: -choice[1].number)[:MOST_BOXES]
        shown = {value for value, _ in fullest} | {*chosen}
        return [choice for choice in choices if choice[0] in shown]

    @property
    def rows(self):
        if not self.is_valid():
            return self.everything.none()
        kept = self.left_by(self.facets)
        return self.everything if kept is None else self.everything.filter(pk__in=kept)

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
    """A choice as shown, « Bretagne (3) »; ``name`` and ``number`` are its parts."""

    name: str
    number: int

    @classmethod
    def of(cls, name, number):
        choice = cls(f"{name} ({number})")
        choice.name, choice.number = name, number
        return choice
