import os
import shutil
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from playwright.sync_api import sync_playwright

from tests import pages

# Playwright keeps an event loop in the thread of the tests, where Django then refuses queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

QUIET = [
    "--no-sandbox",  # Chromium has none to offer to root, as whom the machines of CI run
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing outside this machine is found; a page that asks for it is told of by its tests.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.fixture(scope="session")
def browser():
    names = ["chromium", "chromium-browser", "google-chrome"]
    path = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("Chromium est introuvable (paquet chromium, ou CHROMIUM_PATH).")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """The rows that the addresses of tests/pages.py show, where the server's thread sees them.

    Kept for the tests of a module: writing and emptying them for each takes seconds.
    """
    with django_db_blocker.unblock():
        pages.build_site()
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def emptied(django_db_setup, django_db_blocker):
    """A database that the test may write in, empty again after it."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def transactional_db(site):
    """What pytest-django asks for ``live_server``; its own would empty the database each time."""


@pytest.fixture(scope="module")
def shared(browser):
    """``shared(scheme, **options)``: a context for the tests of a module that only look.

    It keeps the sheets and the scripts that a new one would fetch again for each page.
    """
    kept = {}

    def context(scheme, **options):
        key = (scheme, *sorted(options.items()))
        if key not in kept:
            kept[key] = new_context(browser, scheme, **options)
        return kept[key]

    yield context
    for each in kept.values():
        each.close()


def new_context(browser, scheme, **options):
    """``scheme`` is the theme kept by the site."""
    context = browser.new_context(**options)
    if scheme:
        context.add_init_script(f"localStorage.setItem('scheme', '{scheme}')")
    return context


@pytest.fixture
def open_page(browser, live_server, site, shared):
    """``with open_page(path) as page``: nothing said in its console, nothing asked elsewhere.

    Further arguments are those of a Playwright context, of its own unless the test only looks.
    """

    @contextmanager
    def opened(path, *, width=1280, height=800, scheme=None, looks=False, **options):
        options["base_url"] = live_server.url
        context = shared(scheme, **options) if looks else new_context(browser, scheme, **options)
        page = context.new_page()
        try:
            page.set_viewport_size({"width": width, "height": height})
            said, elsewhere = [], []

            def keep(request):
                if not request.url.startswith((live_server.url, "data:")):
                    elsewhere.append(request.url)

            page.on("request", keep)
            page.on("console", lambda message: said.append((message.text, message.location["url"])))
            page.on("pageerror", lambda error: said.append((str(error), page.url)))
            answer = page.goto(path)
            if answer.status == 404:  # Chromium says it: not the page's doing
                said[:] = [(text, url) for text, url in said if url != answer.url]
            yield page
            assert said == []
            assert elsewhere == []
            assert context.cookies() == []
        finally:
            page.close()
            if not looks:
                context.close()

    return opened
