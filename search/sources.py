"""What can be found. Search knows no other app: the project names its sources in its settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.db.models import Model, QuerySet, Value
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Kind:
    """A group of results: its word in addresses, and its heading."""

    slug: str
    label: str


@dataclass(frozen=True)
class Document:
    """What is told of one thing. A word of ``title`` weighs more than one of ``note`` or ``body``.

    ``note`` is shown whole under the title; of ``body``, only what surrounds the words sought.
    """

    url: str
    title: str
    note: str = ""
    body: str = ""
    is_fictional: bool = False


@dataclass(frozen=True)
class Source:
    """Rows of a model that can be found.

    ``rows``: all of them, ready for ``tell``. ``public``: those anyone may read today; it is asked
    at each search. ``follows``: other models whose words are told with these rows, each with the
    path that leads to it.
    """

    name: str
    kind: Kind
    rows: Callable[[], QuerySet]
    public: Callable[[], QuerySet]
    tell: Callable[[Model], Document]
    follows: dict[type[Model], str] = field(default_factory=dict)

    def documents(self, keys: Iterable[int] | None = None) -> dict[int, Document]:
        rows = self.rows() if keys is None else self.rows().filter(pk__in=keys)
        return {row.pk: self.tell(row) for row in rows}

    def touched_by(self, row: Model) -> set[int]:
        """The keys of the documents that this row has, or had, words in."""
        rows = self.rows().order_by().prefetch_related(None)
        if type(row) is rows.model:
            return {row.pk}
        path = self.follows.get(type(row))
        return set(rows.filter(**{path: row.pk}).values_list("pk", flat=True)) if path else set()

    is_checked = True

    def public_among(self, keys) -> QuerySet:
        """Pairs of this source and a key, of the rows of these keys that anyone may read today."""
        rows = self.public().order_by().filter(pk__in=keys)
        return rows.values_list(Value(self.name), "pk")


@dataclass(frozen=True)
class Pages:
    """Pages that no row stands for, always public. ``follows``: models with words there."""

    name: str
    kind: Kind
    tell: Callable[[], list[Document]]
    follows: frozenset[type[Model]] = frozenset()

    def documents(self, keys: Iterable[int] | None = None) -> dict[int, Document]:
        told = dict(enumerate(self.tell()))
        return told if keys is None else {key: told[key] for key in keys if key in told}

    def touched_by(self, row: Model) -> set[int]:
        return set(self.documents()) if type(row) in self.follows else set()

    is_checked = False


@cache
def sources() -> list[Source | Pages]:
    return import_string(settings.SEARCH_SOURCES)
