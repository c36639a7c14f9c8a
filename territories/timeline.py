"""What became of a row and of those that hang on it, act by act, read from their histories.

An act is what one person wrote at once: the row, the lists of related rows, which history writes
apart, and the rows of its form that belong to it. Whatever the number of acts, a page of them asks
for as many queries.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from django.db.models import BigIntegerField, CharField, DateTimeField, F, IntegerField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.text import Truncator

from territories.differences import Clock
from territories.naming import LONGEST_NAME, Names, spoken_column, union
from territories.versions import (
    columns_of,
    differences,
    label_of,
    long_moment,
    pairs_of,
    told_fields,
    values_of_versions,
    words,
)

ONE_ACT = timedelta(seconds=1)  # between two rows of history that one person wrote at once
MOST_KEYS = 5_000  # rows of history read of one row; those before are not told
PAGE_SECONDS = 2  # that the comparisons of a page may take
MOST_SAID = 300  # characters of each thing that a row said, once it is gone


@dataclass(frozen=True)
class Source:
    """A model whose rows are told: the one itself, or those that point to it by ``parent``."""

    model: type
    parent: str = ""

    def history_of(self, pk):
        key = self.model._meta.get_field(self.parent).attname if self.parent else "id"
        return self.model.history.filter(**{key: pk})


class Key(NamedTuple):
    """A row of history, less what it says."""

    source: int
    version: int
    row: int
    at: datetime
    by: int | None
    kind: str
    why: str
    stamp: datetime

    @property
    def of(self):
        return self.source, self.row


def keys_of(sources, pk) -> list[Key]:
    """The rows of history of a row and of its own, the first first; one query."""
    found = []
    for place, source in enumerate(sources):
        rows = source.history_of(pk).order_by()
        has_stamp = any(each.name == "updated_at" for each in source.model._meta.fields)
        columns = {
            "key_source": Cast(Value(place), IntegerField()),
            "key_version": F("history_id"),
            "key_row": Cast(F("id"), BigIntegerField()),
            "key_at": F("history_date"),
            "key_by": F("history_user_id"),
            "key_kind": Cast(F("history_type"), CharField(max_length=1)),
            "key_why": Coalesce(F("history_change_reason"), Value("")),
            "key_stamp": Cast(F("updated_at" if has_stamp else "history_date"), DateTimeField()),
        }
        found.append(rows.annotate(**columns).values_list(*columns))
    last = union(found).order_by("-key_at", "key_source", "-key_version")[:MOST_KEYS]
    return [*map(Key._make, reversed(last))]


def acts_of(keys) -> list[list[Key]]:
    """Keys by act, the first first."""
    acts = []
    for key in keys:
        if acts and is_same_act(acts[-1], key):
            acts[-1].append(key)
        else:
            acts.append([key])
    return acts


def is_same_act(act, key):
    last = act[-1]
    if last.by != key.by or key.at - last.at > ONE_ACT:
        return False
    before = [each for each in act if each.of == key.of]
    # A list of related rows is written after its row, which was saved once.
    return not before or (before[-1].stamp == key.stamp and key.kind == "~")


@dataclass(frozen=True)
class Change:
    """What became of one row in an act: its ``differences``, or its ``facts`` when it is whole."""

    title: str
    differences: list
    facts: list


@dataclass(frozen=True)
class Entry:
    """An act, as its page tells it. ``version`` is that of the row itself, if it changed it."""

    who: str
    at: datetime
    why: str
    version: int | None
    is_today: bool
    is_creation: bool
    is_deletion: bool
    changes: list

    @property
    def when(self):
        return long_moment(self.at)


class Timeline:
    """The acts on a row and on its own; ``sources`` begin by the row’s."""

    def __init__(self, sources, pk):
        self.sources = sources
        self.keys = keys_of(sources, pk)
        self.is_cut = len(self.keys) == MOST_KEYS

    @cached_property
    def acts(self):
        """Last first."""
        return acts_of(self.keys)[::-1]

    @cached_property
    def previous(self):
        """The version before each, of the same row."""
        by_row = defaultdict(list)
        for key in self.keys:
            by_row[key.of].append(key)
        return {
            (after.source, after.version): before
            for keys in by_row.values()
            for before, after in pairwise(keys)
        }

    @cached_property
    def last(self):
        """The last version of the row itself."""
        return next((key.version for key in reversed(self.keys) if key.source == 0), None)

    def told(self, acts) -> list[Entry]:
        """Some acts, in words."""
        steps = [self.steps(act) for act in acts]
        teller = Teller(
            self.sources,
            [key for act in steps for step in act for key in step if key],
            people=[act[0].by for act in acts],
        )
        return [self.entry(act, its, teller) for act, its in zip(acts, steps, strict=True)]

    def steps(self, act):
        """For each row of an act, the version before it and the last one in it."""
        first, last = {}, {}
        for key in act:
            first.setdefault(key.of, key)
            last[key.of] = key
        return [
            (self.previous.get((key.source, key.version)), last[of]) for of, key in first.items()
        ]

    def entry(self, act, steps, teller):
        own = [key for key in act if key.source == 0]
        kinds = {key.kind for key in own}
        return Entry(
            who=teller.names.who(act[0].by),
            at=act[-1].at,
            why=next((key.why for key in act if key.why), ""),
            version=own[-1].version if own and own[-1].kind != "-" else None,
            is_today=bool(own) and own[-1].version == self.last,
            is_creation="+" in kinds,
            is_deletion="-" in kinds,
            changes=[change for step in steps if (change := teller.change(*step))],
        )

    def moment(self, side):
        """When the act of a version was over; of a row as it stands, now."""
        for act in self.acts:
            if any(key.source == 0 and key.version == side.number for key in act):
                return act[-1].at
        return side.at

    def between(self, start, end) -> list[Change]:
        """What differs, of the rows that belong to this one, from a moment to another."""
        before, after = self.standing(start), self.standing(end)
        steps = [
            (before.get(of), after.get(of))
            for of in sorted({*before, *after})
            if before.get(of) != after.get(of)
        ]
        teller = Teller(self.sources, [key for step in steps for key in step if key])
        return [change for step in steps if (change := teller.change(*step))]

    def standing(self, at):
        """The last version of each row that belongs to this one, of those there at a moment."""
        found = {key.of: key for key in self.keys if key.source and key.at <= at}
        return {of: key for of, key in found.items() if key.kind != "-"}


class Teller:
    """Says what became of rows: their versions and the names they use, asked once for all."""

    def __init__(self, sources, keys, people=()):
        self.sources, self.clock = sources, Clock(PAGE_SECONDS)
        versions = defaultdict(set)
        for key in keys:
            versions[key.source].add(key.version)
        self.values, pairs = {}, []
        for source, pks in versions.items():
            model = sources[source].model
            rows = model.history.in_bulk([*pks], field_name="history_id")
            values = values_of_versions(model, rows.values())
            self.values |= {(source, version): each for version, each in values.items()}
            pairs += pairs_of(model, *values.values())
        self.names = Names(pairs, people)

    def values_of(self, key):
        return self.values.get((key.source, key.version)) if key else None

    def change(self, before, after) -> Change | None:
        """None when there is nothing to say of it."""
        key = after or before
        source = self.sources[key.source]
        is_gone = after is None or after.kind == "-"
        if before and not is_gone:
            old, new = self.values_of(before), self.values_of(after)
            found = differences(source.model, old, new, self.names, self.clock)
            title = f"Modification\u00a0: {self.title(source, new)}" if source.parent else ""
            return Change(title, found, []) if found else None
        if not source.parent:
            return None  # its entry says that it came or went
        values = self.values_of(key)
        act = "Suppression" if is_gone else "Ajout"
        return Change(f"{act}\u00a0: {self.title(source, values)}", [], self.facts(source, values))

    def title(self, source, values):
        """« labellisation « 1re vague » »: by its words, else by what it points to, not by whom."""
        kind = source.model._meta.verbose_name
        spoken = spoken_column(source.model)
        apart = {source.parent, "by"}
        columns = [each for each in columns_of(source.model) if each.name not in apart]
        for each in sorted(columns, key=lambda each: each.name != spoken):
            if (each.name == spoken or each.related_model) and values[each.name]:
                said = words(each, values[each.name], self.names)
                return f"{kind} «\u00a0{Truncator(said).chars(LONGEST_NAME)}\u00a0»"
        return kind

    def facts(self, source, values):
        """The labels and words of all that a row says, for one that came or went."""
        return [
            (label_of(each), Truncator(said).chars(MOST_SAID))
            for name, each in told_fields(source.model).items()
            if name != source.parent and (said := words(each, values[name], self.names))
        ]
