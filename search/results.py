"""What a query finds: by kind, with counts, best first, a page at a time."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils.safestring import SafeString

from search.excerpts import excerpt, mark
from search.models import Entry
from search.query import Query
from search.sources import Kind, sources

PAGE_SIZE = 20
PREVIEW = 5  # of each kind when all are shown
MOST = 400  # of one kind that pages lead to: past them, a better query is faster


@dataclass(frozen=True)
class Hit:
    """A thing found, with the words sought marked."""

    entry: Entry
    title: SafeString
    note: SafeString
    excerpt: SafeString


@dataclass
class Group:
    """What was found of one kind: ``count`` in all, and those of the page."""

    kind: Kind
    count: int
    hits: list[Hit]


@dataclass(frozen=True)
class Results:
    """``groups``: the kinds that have something, best first.

    ``kind`` and ``page``: of the only kind shown, if one is. ``is_partial``: nothing has all the
    words, these have one of them.
    """

    groups: list[Group]
    kind: Kind | None = None
    page: Page | None = None
    is_partial: bool = False

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def find(query: Query, kind: str = "", page: int = 1) -> Results:
    """Four queries at most: with all the words, else with any; past the last page; to show.

    ``kind``: the word of the only one whose results are shown, a page of them; the others are
    counted. One that has nothing is not heard.
    """
    if not query.terms:
        return Results([])
    every, rows = True, ranked(query.terms, True, kind, page)
    if not rows and len(query.terms) > 1:
        every, rows = False, ranked(query.terms, False, kind, page)
    best = {row["kind"]: row for row in rows if row["number"] == 1}
    paginated = None
    if kind in best:
        reachable = min(best[kind]["total"], MOST)
        paginated = Paginator(range(reachable), PAGE_SIZE).get_page(page)
        if paginated.number != page:
            rows = ranked(query.terms, every, kind, paginated.number)
        rows = [row for row in rows if row["kind"] == kind and row["number"] in numbers(paginated)]
    elif kind:
        rows = ranked(query.terms, every, "", 1)
    groups = {
        source.kind.slug: Group(source.kind, best[source.kind.slug]["total"], [])
        for source in sources()
        if source.kind.slug in best
    }
    entries = Entry.objects.in_bulk([row["pk"] for row in rows])
    stems = set().union(*(term.stems for term in query.terms))
    for row in sorted(rows, key=lambda row: row["number"]):
        if entry := entries.get(row["pk"]):  # one may leave the index between two queries
            groups[row["kind"]].hits.append(told(entry, stems))
    return Results(
        sorted(groups.values(), key=lambda group: -best[group.kind.slug]["score"]),
        groups[kind].kind if paginated else None,
        paginated,
        is_partial=bool(groups) and not every,
    )


def numbers(page):
    """The ranks a page shows, from 1."""
    return range(page.start_index(), page.end_index() + 1)


def ranked(terms, every, kind, page):
    """The best of each kind and those to show, as dicts of pk, kind, score, number and total."""
    shown = Q(number__lte=PREVIEW)
    if kind:
        # Of every kind: a condition on one would not mix with those on windows.
        last = page * PAGE_SIZE
        shown = Q(number=1) | Q(number__gt=last - PAGE_SIZE, number__lte=last)
    return [
        *visible(Entry.objects.matching(terms, every=every))
        .numbered()
        .filter(shown)
        .order_by()
        .values("pk", "kind", "score", "number", "total")
    ]


def visible(entries):
    """Those that anyone may read today, as each source says."""
    conditions = Q(pk__in=[])
    for source in sources():
        conditions |= source.visible
    return entries.filter(conditions)


def told(entry, stems):
    return Hit(
        entry,
        mark(entry.title, stems),
        mark(entry.note, stems),
        excerpt(entry.body, stems),
    )
