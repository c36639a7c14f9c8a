"""What « Ma commune » costs: the page of every commune of France, then suggestions.

Run with ``python -m benchmarks.communes`` on a database that holds the areas and the label; some
35,000 pages, some eight minutes. Every page must answer. Prints the median and the 99th centile
in milliseconds, of clock and of processor, each with its ratio to the median of a view that
returns 30 kB of constant text, asked for now and then among the others. Times depend on the
machine, and those of clock on what else it does; the processor's leave out PostgreSQL's own.
"""

import os
import time

import django

SUGGESTIONS = 1000
CONSTANT_EVERY = 20  # pages


def main():
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frenchimpact.settings")
    django.setup()

    from django.conf import settings
    from django.db import connection
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.urls import path

    from frenchimpact import urls
    from geography.models import Area

    settings.DEBUG = False  # or every query is kept
    constant = b"x" * 30_000
    urls.urlpatterns.append(path("constante/", lambda request: HttpResponse(constant)))
    from frenchimpact.wsgi import application

    host = settings.ALLOWED_HOSTS[0]

    def clock(address):
        """Milliseconds of clock and of processor, through every middleware, as a server asks."""
        status = []
        environ = RequestFactory(SERVER_NAME=host).get(address).environ
        start, work = time.perf_counter(), time.process_time()
        for _ in application(environ, lambda line, headers: status.append(line)):
            pass
        spent = (time.perf_counter() - start) * 1000, (time.process_time() - work) * 1000
        if status != ["200 OK"]:
            raise SystemExit(f"{address} répond {status}.")
        return spent

    communes = Area.objects.at_level("commune").order_by("code").values_list("code", "name")
    if not communes:
        raise SystemExit("Aucune commune : lancez d’abord load_geography.")
    clock("/constante/"), clock(f"/ma-commune/{communes[0][0]}/")  # what is made once

    base, pages, suggestions = [], [], []
    for number, (code, _) in enumerate(communes):
        pages.append(clock(f"/ma-commune/{code}/"))
        if number % CONSTANT_EVERY == 0:
            base.append(clock("/constante/"))
    step = max(1, len(communes) // SUGGESTIONS)
    for number, (_, name) in enumerate(communes[::step]):
        typed = name[: 2 + number % 9]  # as far as a hand has come
        suggestions.append(clock(f"/ma-commune/suggestions/?q={typed}"))

    print(f"{connection.vendor}, {len(pages)} communes, toutes répondent")
    print(f"{'':32} {'p50 ms':>8} {'ratio':>7} {'p99 ms':>8} {'ratio':>7}")
    for which, unit in enumerate(["horloge", "processeur"]):
        for title, times in [
            ("constante de 30 ko", base),
            ("page d’une commune", pages),
            ("suggestions", suggestions),
        ]:
            columns = [
                f"{centile(times, rank, which):8.2f} "
                f"{centile(times, rank, which) / centile(base, 50, which):7.1f}"
                for rank in (50, 99)
            ]
            print(f"{f'{title}, {unit}':32} {' '.join(columns)}")


def centile(times, rank, which):
    ordered = sorted(pair[which] for pair in times)
    return ordered[min(len(ordered) - 1, len(ordered) * rank // 100)]


if __name__ == "__main__":
    main()
