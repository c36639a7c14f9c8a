import gc
import os
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from editorial import shown
from territories.communes import landmarks
from tests import factories, pages

# Accounts, admin, pages as HTML, files, images, processes: another database reads no query of
# theirs differently. When both are tried in one go, these are tried with PostgreSQL alone.
ONCE = (
    "tests/accounts/",
    "tests/challenges/test_admin.py",
    "tests/challenges/test_charts.py",
    "tests/challenges/test_progress.py",
    "tests/editorial/",
    "tests/guides/",
    "tests/outbox/test_senders.py",
    "tests/personal/test_inventory.py",
    "tests/personal/test_words.py",
    "tests/site/test_admin_choices.py",
    "tests/site/test_admin_editors.py",
    "tests/site/test_admin_history.py",
    "tests/site/test_admin_links.py",
    "tests/site/test_changelists.py",
    "tests/site/test_demo.py",
    "tests/site/test_env.py",
    "tests/site/test_quality.py",
    "tests/site/test_seed_errors.py",
    "tests/site/test_staticfiles.py",
    "tests/space/test_access.py",
    "tests/space/test_parallel.py",
    "tests/space/test_point_photo.py",
    "tests/space/test_viewing.py",
    "tests/territories/test_admin.py",
    "tests/territories/test_communes.py::TestFrance",
    "tests/territories/test_markdown.py",
    "tests/territories/test_pictures.py",
)
WAITING = ("tests/e2e/", "tests/space/test_parallel.py", "tests/outbox/test_senders.py")
LOOPBACK = {"127.0.0.1", "::1", "localhost", "", None}


@pytest.fixture(autouse=True, scope="session")
def no_outside_network():
    """A test that looks a name up or connects outside this machine fails."""

    def refuse(event, arguments):
        if event == "socket.getaddrinfo":
            host = arguments[0]
        elif event == "socket.connect" and isinstance(arguments[1], tuple):
            host = arguments[1][0]
        else:
            return
        if host not in LOOPBACK:
            raise PermissionError(f"Un test cherche à joindre {host}.")

    sys.addaudithook(refuse)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Django asks SQLite once whether it reads JSON: now, not in the first page tested."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field
    yield
    if connection.vendor == "postgresql":
        # A thread of the server of the browser tests may hold one yet: no database is dropped then.
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def empty_cache():
    """What a test leaves in the cache would otherwise show in the next one's pages."""
    cache.clear()


class SiteClient(Client):
    """A browser; who is signed in by force has given all that the site asks."""

    def force_login(self, user, backend=None):
        super().force_login(user, backend)
        if user.is_staff:
            factories.second_factor(user)
            session = self.session
            session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 0}]
            session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
            session.save()


@pytest.fixture
def client():
    return SiteClient()


@pytest.fixture
def client_of():
    """``client_of(user)``: a browser of one’s own, signed in."""

    def signed_in(user):
        browser = SiteClient()
        browser.force_login(user)
        return browser

    return signed_in


@pytest.fixture
def admin_client(client, admin_user):
    client.force_login(admin_user)
    return client


@pytest.fixture(autouse=True)
def mails_are_rows(settings):
    """Django’s test runner would keep mails in memory: here too they go to the queue."""
    settings.EMAIL_BACKEND = "outbox.backend.EmailBackend"


def keep_what_pages_share():
    """What each process reads once in ten seconds, whatever the page."""
    cache.set("has_demonstration", False)
    cache.set("landmarks", landmarks(), 60)
    cache.set(shown.KEY, shown.read(), 60)


@pytest.fixture
def queries(db):
    """``with queries():`` fails past a number of SQL queries, or when one is asked twice."""

    @contextmanager
    def at_most(limit=7):
        keep_what_pages_share()
        with CaptureQueriesContext(connection) as captured:
            yield captured
        statements = [query["sql"] for query in captured]
        listing = "\n".join(statements)
        assert len(statements) <= limit, f"{len(statements)} queries:\n{listing}"
        assert [sql for sql, times in Counter(statements).items() if times > 1] == [], listing

    return at_most


@dataclass(frozen=True)
class Page:
    """What a person reads of a page, every blank as a plain space."""

    tree: Element

    def texts(self, path):
        """The words of each element of ``<main>`` that an ElementPath finds."""
        found = self.tree.find(".//main").iterfind(f".//{path}")
        return [" ".join("".join(element.itertext()).split()) for element in found]

    @property
    def text(self):
        return " ".join("".join(self.tree.find(".//main").itertext()).split())

    @property
    def links(self):
        """The (words, address) pairs of the links of ``<main>``."""
        addresses = [a.get("href") for a in self.tree.find(".//main").iterfind(".//a")]
        return [
            (words, address)
            for words, address in zip(self.texts("a"), addresses, strict=True)
            if address and words
        ]


@pytest.fixture
def read(client, db):
    """``read(path, query)``: the page anyone gets there, as a ``Page``."""

    def answered(path, query=None):
        response = client.get(path, query)
        assert response.status_code == 200
        html = response.content.decode()
        return Page(html5lib.parse(html, namespaceHTMLElements=False))

    return answered


@pytest.fixture
def dead_database(django_db_setup, django_db_blocker):
    """The site asks its queries of a database that is not there."""
    alive = connections["default"]
    nowhere = {"NAME": "/nulle/part/base", "HOST": "127.0.0.1", "PORT": "1"}
    connections["default"] = type(alive)(alive.settings_dict | nowhere, "default")
    with django_db_blocker.unblock():
        yield
    connections["default"] = alive


@pytest.fixture
def site(db):
    """The rows that the addresses of tests/pages.py show."""
    pages.build_site()


def pytest_configure():
    # Hundreds of thousands of objects are there for good: going over them again and again takes a
    # twentieth of the time of the suite.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items):
    # Those that wait most, for a browser or for processes, while the others compute.
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))
    for item in items:
        if item.nodeid.startswith(ONCE):
            item.add_marker("once")


def pytest_sessionfinish(session):
    """Under REQUIRE_ALL=1 a skipped test is a failure: nothing may be left out in silence."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REQUIRE_ALL") == "1" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    """Say in the end what this machine could not run (bin/test knows), and what was skipped."""
    left_out = os.environ.get("LEFT_OUT", "").splitlines()
    skipped = [
        f"{report.nodeid} : {report.longrepr[2].removeprefix('Skipped: ')}"
        for report in terminalreporter.stats.get("skipped", [])
    ]
    if left_out or skipped:
        terminalreporter.section("Laissé de côté")
        for line in left_out + skipped:
            terminalreporter.line(line)
