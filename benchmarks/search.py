"""What a search costs over 20,000 documents, on the current database.

Run with ``make bench`` or ``python -m benchmarks.search``. Territories and challenges, always the
same, are written beside the real ones in a transaction, and gone with it. Prints, for queries of
many sorts, the median and the 99th centile in milliseconds of clock: of the search alone, which
is to stay under 50, then of the whole page. Times depend on the machine.
"""

import os
import time

import django

DOCUMENTS = 20_000
WORDS = 40  # of each, beside its title
ROUNDS = 5


def main():
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frenchimpact.settings")
    django.setup()

    from django.conf import settings
    from django.db import connection, transaction
    from django.test import RequestFactory

    from benchmarks import corpus
    from frenchimpact.views import search
    from search.index import rebuild
    from search.query import Query
    from search.results import find

    settings.DEBUG = False  # or every query is kept

    def clock(act):
        start = time.perf_counter()
        result = act()
        return (time.perf_counter() - start) * 1000, result

    searches, pages = [], []
    with transaction.atomic():
        corpus.fill(DOCUMENTS, WORDS)
        took, entries = clock(rebuild)
        with connection.cursor() as cursor:
            # What autovacuum does in time.
            cursor.execute("ANALYZE")
        print(f"{connection.vendor}, {entries} documents, index écrit en {took / 1000:.0f} s")
        print(f"{'recherche':42} {'résultats':>9} {'p50 ms':>8} {'p99 ms':>8} {'page p50':>9}")
        for typed in corpus.QUERIES:
            request = RequestFactory().get("/recherche/", {"q": typed})
            times, of_page = [], []
            for _ in range(ROUNDS):
                spent, results = clock(lambda typed=typed: find(Query.read(typed)))
                times.append(spent)
                of_page.append(clock(lambda request=request: search(request).content)[0])
            searches += times
            pages += of_page
            print(
                f"{typed[:42]:42} {results.count:9} {centile(times, 50):8.1f} "
                f"{centile(times, 99):8.1f} {centile(of_page, 50):9.1f}"
            )
        print(
            f"{'toutes':52} {centile(searches, 50):8.1f} {centile(searches, 99):8.1f} "
            f"{centile(pages, 50):9.1f}"
        )
        transaction.set_rollback(True)


def centile(times, rank):
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)]


if __name__ == "__main__":
    main()
