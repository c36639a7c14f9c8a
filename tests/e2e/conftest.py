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


@pytest.fixture
def open_page(browser, live_server, site):
    """``with open_page(path) as page``: nothing said in its console, nothing asked elsewhere.

    Further arguments are those of a Playwright context; ``scheme`` is the theme kept by the site.
    """

    @contextmanager
    def opened(path, *, width=1280, height=800, scheme=None, **options):
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, **options
        )
        try:
            if scheme:
                context.add_init_script(f"localStorage.setItem('scheme', '{scheme}')")
            page = context.new_page()
            said, elsewhere = [], []

            def keep_home(route):
                elsewhere.append(route.request.url)
                route.abort()

            context.route(lambda url: not url.startswith((live_server.url, "data:")), keep_home)
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
            context.close()

    return opened
