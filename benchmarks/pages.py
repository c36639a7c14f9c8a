"""What a public page costs, uncached, beside a view that returns 30 kB of constant text.

Run with ``make bench`` on a database that holds the label (``make run`` makes one). Prints, for
each page, the processor time of one request (the least of 40: what
disturbs a measure only adds to it), its ratio to the constant view, its
SQL queries and its size. Times depend on the machine; ratios hardly.
"""

import os
import time

import django


def main():
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frenchimpact.settings")
    django.setup()

    from django.conf import settings
    from django.db import connection
    from django.db.models import Count
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django.test.utils import CaptureQueriesContext
    from django.urls import path

    from challenges.models import Challenge
    from frenchimpact import urls
    from territories.models import Pillar, Territory

    settings.DEBUG = False  # or every query is kept
    constant = b"x" * 30_000
    urls.urlpatterns.append(path("constante/", lambda request: HttpResponse(constant)))

    # The fullest sheets.
    most = Count("challenges", distinct=True)
    territory = Territory.objects.public().annotate(most=most).order_by("-most", "name").first()
    most = Count("objectives__readings")
    challenge = Challenge.objects.published().annotate(most=most).order_by("-most", "pk").first()
    pages = [
        "/constante/",
        "/",
        "/territoires/",
        territory.get_absolute_url(),
        territory.get_absolute_url() + "plan/",
        "/defis/",
        challenge.get_absolute_url(),
        "/label/",
        Pillar.objects.first().get_absolute_url(),
        "/manifeste/",
    ]
    from frenchimpact.wsgi import application

    def get(page):
        """The body of a page, through every middleware, as a server would ask for it."""
        status = []
        environ = RequestFactory(SERVER_NAME=settings.ALLOWED_HOSTS[0]).get(page).environ
        body = b"".join(application(environ, lambda line, headers: status.append(line)))
        if status != ["200 OK"]:
            raise SystemExit(f"{page} répond {status}.")
        return body

    print(f"{'page':56} {'ms CPU':>7} {'ratio':>6} {'SQL':>4} {'octets':>8}")
    base = None
    for page in pages:
        get(page)
        times = []
        for _ in range(40):
            start = time.process_time()
            get(page)
            times.append((time.process_time() - start) * 1000)
        with CaptureQueriesContext(connection) as queries:
            body = get(page)
        spent = min(times)
        base = base or spent
        print(f"{page:56} {spent:7.1f} {spent / base:6.1f} {len(queries):4} {len(body):8}")


if __name__ == "__main__":
    main()
