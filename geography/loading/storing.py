"""Brings the database to what the files say, writing only what differs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.db import connection, transaction

from geography.loading.reading import Key, Source
from geography.models import Area, Outline, PostalCode, Spelling

COLUMNS = ("name", "nature", "population", "lon", "lat", "frame", "x", "y", "place")
# Rows a statement, far from PostgreSQL's statement_timeout.
BATCH = 400
VARIABLES = 800  # a statement: under the 999 of an old SQLite


@dataclass
class Change:
    created: int = 0
    changed: int = 0
    removed: int = 0


@dataclass
class Report:
    areas: Change
    left: int  # areas stored that the files do not name: kept as they are
    parents: Change
    postal_codes: Change
    outlines: Change


@transaction.atomic
def store(source: Source, advance: Callable[[int], object]) -> Report:
    """Stores all or nothing, and never deletes an area.

    What an area of the files has no longer (a parent, a postcode, an outline) does go. ``advance``
    is told the rows done as they are, ``len(source)`` in all.
    """
    if connection.vendor == "postgresql":
        # Or COMMIT would check every foreign key in one go, within one statement_timeout.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    ids, left, areas = store_areas(source.areas, advance)
    # Else it may have planned, when there were few, to read them all to check one foreign key.
    count_rows(Area)
    known = {ids[key] for key in source.areas}
    parents = store_links(
        Area.parents.through,
        ("from_area_id", "to_area_id"),
        {(ids[child], ids[parent]) for child, parent in source.parents},
        lambda pair: pair[0] in known,
        advance,
    )
    postal_codes = store_links(
        PostalCode,
        ("code", "area_id"),
        {(code, ids[key]) for code, key in source.postal_codes},
        lambda pair: pair[1] in known,
        advance,
    )
    store_links(
        Spelling,
        ("text", "area_id", "is_whole", "population"),
        {(text, ids[key], *rest) for text, key, *rest in source.spellings},
        lambda spelling: spelling[1] in known,
        advance,
    )
    outlines = store_outlines(
        {ids[key]: path for key, path in source.outlines.items()}, known, advance
    )
    # Until then it reads the whole country to find one commune's parents.
    count_rows(Area.parents.through, PostalCode, Spelling)
    return Report(
        areas=areas,
        left=left,
        parents=parents,
        postal_codes=postal_codes,
        outlines=outlines,
    )


def count_rows(*models):
    """Tell PostgreSQL at once what it would find out in its own time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {model._meta.db_table}")


def store_areas(wanted: dict[Key, tuple], advance) -> tuple[dict[Key, int], int, Change]:
    """Also gives the primary key of every area, and how many the files do not name."""
    ids, stored = {}, {}
    rows = Area.objects.order_by().values_list("pk", "level", "code", *COLUMNS)
    for pk, level, code, *values in rows.iterator():
        ids[level, code] = pk
        stored[level, code] = tuple(values)

    def area(key, **identity):
        return Area(
            level=key[0], code=key[1], **identity, **dict(zip(COLUMNS, wanted[key], strict=True))
        )

    new = [area(key) for key in wanted if key not in stored]
    changed = [
        area(key, pk=ids[key]) for key in wanted if key in stored and stored[key] != wanted[key]
    ]
    advance(len(wanted) - len(new) - len(changed))
    for batch in batches(new, advance):
        for created in Area.objects.bulk_create(batch):
            ids[created.level, created.code] = created.pk
    # One INSERT … ON CONFLICT a batch: bulk_update would write a CASE with a branch for every row.
    for batch in batches(changed, advance):
        Area.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["pk"], update_fields=COLUMNS
        )
    return ids, len(stored.keys() - wanted.keys()), Change(len(new), len(changed))


def store_links(model, columns, wanted: set[tuple], is_ours, advance) -> Change:
    """Rows told apart by all their columns; ``is_ours`` tells those that the files may remove."""
    stored = {
        tuple(values): pk
        for pk, *values in model.objects.order_by().values_list("pk", *columns).iterator()
    }
    new = sorted(wanted - stored.keys())
    gone = [pk for values, pk in stored.items() if values not in wanted and is_ours(values)]
    advance(len(wanted) - len(new))
    for batch in batches(gone):
        model.objects.filter(pk__in=batch).delete()
    # Not bulk_create: for 143,000 pairs, making the objects took most of the load.
    insert = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES "  # noqa: S608
    row = f"({', '.join(['%s'] * len(columns))})"
    with connection.cursor() as cursor:
        for batch in batches(new, advance, VARIABLES // len(columns)):
            cursor.execute(insert + ", ".join([row] * len(batch)), [*chain(*batch)])
    return Change(len(new), removed=len(gone))


def store_outlines(wanted: dict[int, str], known: set[int], advance) -> Change:
    stored = dict(Outline.objects.values_list("pk", "path"))
    differing = [
        Outline(area_id=pk, path=path) for pk, path in wanted.items() if stored.get(pk) != path
    ]
    gone = [pk for pk in stored if pk in known and pk not in wanted]
    advance(len(wanted) - len(differing))
    for batch in batches(gone):
        Outline.objects.filter(pk__in=batch).delete()
    for batch in batches(differing, advance):
        Outline.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["area"], update_fields=["path"]
        )
    changed = sum(outline.pk in stored for outline in differing)
    return Change(len(differing) - changed, changed, len(gone))


def batches(rows: list, advance=lambda done: None, size=BATCH) -> Iterator[list]:
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        yield batch
        advance(len(batch))
