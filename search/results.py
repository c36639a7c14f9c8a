"""What a query finds: by kind, with counts, best first, a page at a time."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.utils.safestring import SafeString

from search.excerpts import excerpt, mark
from search.models import Entry, Occurrence
from search.query import Query
from search.sources import Kind, sources

PAGE_SIZE = 20
PREVIEW = 5  # of each kind when all are shown
RANKED = 300  # of all kinds: a query that finds more is too vague for an order to help


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
    words, these have one of them. ``is_capped``: there are more than were ranked.
    """

    groups: list[Group]
    kind: Kind | None = None
    page: Page | None = None
    is_partial: bool = False
    is_capped: bool = False

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def find(query: Query, kind: str = "", page: int = 1) -> Results:
    """Five queries at most: scores and ranks, with all the words, else with any; then texts.

    ``kind``: the word of the only one whose results are shown, a page of them; the others are
    counted. One that has nothing is not heard.
    """
    if not query.terms:
        return Results([])
    every, matches = True, ranked(query.terms, every=True)
    if not matches and len(query.terms) > 1:
        every, matches = False, ranked(query.terms, every=False)
    by_kind = {}
    for match in matches:
        by_kind.setdefault(match.kind, []).append(match)
    paginated = None
    if kind in by_kind:
        paginated = Paginator(by_kind[kind], PAGE_SIZE).get_page(page)
        shown = {kind: paginated.object_list}
    else:
        shown = {slug: of_kind[:PREVIEW] for slug, of_kind in by_kind.items()}
    entries = Entry.objects.in_bulk([match.pk for of_kind in shown.values() for match in of_kind])
    stems = set().union(*(term.stems for term in query.terms))
    kinds = {source.kind.slug: source.kind for source in sources()}
    groups = [
        Group(
            kinds[slug],
            len(of_kind),
            # One may leave the index between two queries.
            [told(entries[m.pk], stems) for m in shown.get(slug, []) if m.pk in entries],
        )
        for slug, of_kind in by_kind.items()
    ]
    order = [*kinds]
    groups.sort(key=lambda g: (-by_kind[g.kind.slug][0].score, order.index(g.kind.slug)))
    return Results(
        groups,
        kinds[kind] if paginated else None,
        paginated,
        is_partial=bool(groups) and not every,
        is_capped=len(matches) == RANKED,
    )


class Match(NamedTuple):
    """An entry as it is ranked: the best score, then the alphabet."""

    score: int
    sort: str
    source: str
    key: int
    kind: str
    pk: int


def ranked(terms, *, every):
    """The public entries that match, best first; of too many, those of the best scores.

    Sorted here, byte by byte: databases have each their own alphabet.
    """
    best = Occurrence.objects.scores(terms, every=every).order_by("-score", "entry")
    scores = dict(best[: 2 * RANKED])
    rows = Entry.objects.filter(pk__in=scores) if scores else Entry.objects.none()
    matches = [
        Match(scores[pk], sort, source, key, kind, pk)
        for pk, sort, source, key, kind in rows.values_list("pk", "sort", "source", "key", "kind")
    ]
    matches = visible(matches)
    matches.sort(key=lambda match: (-match.score, *match[1:]))
    return matches[:RANKED]


def visible(matches):
    """Those that anyone may read today, as their sources say: one query for them all."""
    keys = defaultdict(set)
    for match in matches:
        keys[match.source].add(match.key)
    asked = [s.public_among(keys[s.name]) for s in sources() if s.name in keys and s.is_checked]
    public = {*(asked[0].union(*asked[1:], all=True) if asked else [])}
    always = {s.name for s in sources() if not s.is_checked}
    return [m for m in matches if m.source in always or (m.source, m.key) in public]


def told(entry, stems):
    return Hit(
        entry,
        mark(entry.title, stems),
        mark(entry.note, stems),
        excerpt(entry.body, stems),
    )
