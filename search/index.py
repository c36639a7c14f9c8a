"""Keeps the index true to what it tells of.

Whoever changes rows says so: the admin by ``IndexedAdmin``, the commands that load by ``rebuild``.
Only words wait for that; what is public is asked at each search.
"""

from itertools import chain

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q

from search.models import IN_BODY, IN_TITLE, Entry, Occurrence, Word
from search.sources import Document, sources
from search.words import composed, sort_key, stem, vocabulary

BATCH = 500  # documents in memory at once
ROWS = 5000  # written by one query
LOCK = 7_203_471  # any number that no other advisory lock of the database has


@transaction.atomic
def rebuild() -> int:
    """Write the whole index again; return how many entries it has."""
    lock()
    for model in (Occurrence, Word, Entry):
        model.objects.all().delete()
    return write((source, source.documents()) for source in sources())


def touched(*rows: Model) -> dict[str, set[int]]:
    """The keys, by source, of the documents that these rows have words in."""
    return {
        source.name: set(chain.from_iterable(source.touched_by(row) for row in rows))
        for source in sources()
    }


@transaction.atomic
def refresh(*touched: dict[str, set[int]]) -> None:
    """Write again the documents of these keys, by source; those that are no more leave."""
    chosen = []
    for source in sources():
        if keys := set().union(*(keys[source.name] for keys in touched)):
            chosen.append((source, keys))
    if not chosen:
        return
    lock()
    old = Q(pk__in=[])
    for source, keys in chosen:
        old |= Q(source=source.name, key__in=keys)
    Entry.objects.filter(old).delete()
    write((source, source.documents(keys)) for source, keys in chosen)


def lock():
    """One writer at a time, until the end of its transaction; SQLite already sees to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write(documents_by_source) -> int:
    """Add the documents, some at a time; return how many they are."""
    told = [
        (source, key, document)
        for source, documents in documents_by_source
        for key, document in documents.items()
    ]
    for start in range(0, len(told), BATCH):
        add(told[start : start + BATCH])
    return len(told)


def add(told):
    entries = Entry.objects.bulk_create(
        (
            Entry(
                source=source.name,
                key=key,
                kind=source.kind.slug,
                url=document.url,
                title=composed(document.title),
                note=composed(document.note),
                body=composed(document.body),
                is_fictional=document.is_fictional,
                sort=sort_key(document.title)[:300],
            )
            for source, key, document in told
        )
    )
    texts, occurrences = set(), []
    for entry, (_, _, document) in zip(entries, told, strict=True):
        weights = weigh(document, texts)
        occurrences += [
            Occurrence(entry=entry, stem=root, weight=weight) for root, weight in weights.items()
        ]
    Occurrence.objects.bulk_create(occurrences, ROWS)
    words = [Word(text=text, stem=stem(text)) for text in sorted(texts)]
    Word.objects.bulk_create(words, ROWS, ignore_conflicts=True)


def weigh(document: Document, texts: set[str]) -> dict[str, int]:
    """What each stem weighs in a document; the words met are added to ``texts``."""
    in_body = vocabulary(f"{document.note} {document.body}")
    in_title = vocabulary(document.title)
    texts |= in_body | in_title
    return {stem(word): IN_BODY for word in in_body} | {stem(word): IN_TITLE for word in in_title}


@transaction.atomic
def forget_words() -> None:
    """Delete the words that no entry has any more: they would still complete a query."""
    lock()
    used = Occurrence.objects.filter(stem=OuterRef("stem"))
    Word.objects.filter(~Exists(used)).delete()
