"""What every page promises, whatever it shows: see tests/pages.py for the list of pages."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, resolve

from challenges.models import Challenge, Objective, Reading
from geography.models import Area, Outline
from territories.models import CollectiveMember, Commitment, Designation, Pillar, Territory
from tests import factories, pages
from tests.conftest import keep_what_pages_share
from tests.pages import FILES, MISSING, PAGES, PRIVATE

CONTENT_SECURITY_POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HOSTILE = [
    "\0",
    "%00",
    "x" * 10_000,
    "{{ 7|add:7 }}{% debug %}",
    "🏡",
    "\u202eabc",
    "'\"><b>",
    "-1",
]


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The rows of tests/pages.py, written once: each test rolls back to that point."""
    with django_db_blocker.unblock(), transaction.atomic():
        pages.build_site()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def site(built, db):
    """What every page shows."""


def routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route


def parsed(response):
    """The page as a tree; HTML that a browser would have to mend is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.content.decode())


def words_of(tree):
    """Every piece of text that a person sees or hears, blanks folded as a browser does."""
    spoken = {"alt", "aria-label", "aria-description", "content", "placeholder", "title"}

    def walk(element):
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "code", "pre"}:
            return
        yield element.text
        yield from (value for name, value in element.items() if name in spoken)
        for child in element:
            yield from walk(child)
            yield child.tail

    return [re.sub(r"[ \t\r\n]+", " ", text) for text in walk(tree) if text]


def links_of(path, tree):
    """The addresses a page refers to inside the site, with their fragments."""
    found = [e.get(name) for name in ("href", "src", "action") for e in tree.iter() if e.get(name)]
    for address in found:
        absolute = urljoin(f"http://testserver{path}", address)
        if urlsplit(absolute).netloc == "testserver":
            yield absolute.removeprefix("http://testserver")


def test_every_address_is_listed():
    listed = {"/" + resolve(path).route for path in PAGES + FILES}

    unlisted = [
        route
        for route in routes(get_resolver())
        if "/" + route not in listed and not ("/" + route).startswith(tuple(PRIVATE))
    ]
    assert unlisted == []


@pytest.mark.parametrize("path", PRIVATE)
def test_a_private_address_sends_a_stranger_to_sign_in(client, db, path):
    response = client.get(path)

    assert response.status_code == 302
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", PAGES + FILES)
def test_anyone_may_read_and_no_one_is_followed(client, site, path):
    response = client.get(path)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    # A CSV is streamed, a picture is no text.
    assert "confidentiel" not in response.getvalue().decode(errors="replace").lower()


def test_a_page_may_be_kept_by_any_cache(client, site):
    for path in PAGES:
        first = client.get(path)
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert "public" in first["Cache-Control"], path
        assert again.status_code == 304, path


def test_security_headers(client, site):
    for path in PAGES:
        response = client.get(path)
        assert set(response["Content-Security-Policy"].split("; ")) == CONTENT_SECURITY_POLICY, path
        granted = re.findall(r"([a-z-]+)=\(([^)]+)\)", response["Permissions-Policy"])
        assert granted == [("fullscreen", "self"), ("publickey-credentials-get", "self")], path
        assert {name: response.get(name) for name in HEADERS} == HEADERS, path


def test_security_headers_of_production(tmp_path):
    """Asked of another process: the settings are read once, at the start."""
    program = (
        "import django, json; django.setup()\n"
        "from django.conf import settings\n"
        "from django.test import Client\n"
        "response = Client().get('/sante/', secure=True)\n"
        "cookies = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]\n"
        "print(json.dumps({'cookies': cookies, **response.headers}))"
    )
    (tmp_path / "static").mkdir()
    production = {
        "DJANGO_SETTINGS_MODULE": "frenchimpact.settings",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "testserver",
        "SITE_URL": "https://testserver",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "STATIC_ROOT": str(tmp_path / "static"),
        "LOG_LEVEL": "CRITICAL",
    } | {f"LEGAL_{who}": "x" for who in ["PUBLISHER", "DIRECTOR", "HOST", "CONTACT", "DPO"]}
    inherited = {name: os.environ[name] for name in ["PATH"]}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program],
        env=inherited | production,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    headers = json.loads(done.stdout.splitlines()[-1])  # after the log of the 503: no tables
    policy = set(headers["Content-Security-Policy"].split("; "))
    assert policy == CONTENT_SECURITY_POLICY | {"upgrade-insecure-requests"}
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert headers["cookies"] == ["__Host-session", "__Host-csrf"]


def test_a_page_is_only_read(client, site):
    for path in PAGES + FILES:
        assert client.head(path).status_code == 200, path
        for method in ["POST", "PUT", "PATCH", "DELETE"]:
            assert client.generic(method, path).status_code == 405, f"{method} {path}"


@pytest.mark.parametrize("path", PAGES)
def test_few_queries_and_none_twice(client, site, queries, path):
    with queries():
        client.get(path)


def grow(territories):
    """Add labelled territories, each with its perimeter, plan, challenge, goal and readings."""
    start = Territory.objects.count()
    rows = [
        Territory(
            name=f"Pays {n}", slug=f"pays-{n}", kind="pays", publication="published", summary="Ici."
        )
        for n in range(start, start + territories)
    ]
    Territory.objects.bulk_create(rows)
    wave, pillar = factories.wave(), Pillar.objects.first()
    carrier = factories.organisation()
    Designation.objects.bulk_create(Designation(territory=row, wave=wave) for row in rows)
    departement = Area.objects.get(level="departement", code="06")
    areas = Area.objects.bulk_create(
        Area(
            level="epci",
            code=f"z{row.pk}",
            name=f"CC {row.pk}",
            frame="metropole",
            x=row.pk % 900,
            y=row.pk % 800,
        )
        for row in rows
    )
    Outline.objects.bulk_create(Outline(area=area, path="M0,0l9,0 0,9z") for area in areas)
    Area.parents.through.objects.bulk_create(
        Area.parents.through(from_area=area, to_area=departement) for area in areas
    )
    Territory.areas.through.objects.bulk_create(
        Territory.areas.through(territory=row, area=area)
        for row, area in zip(rows, areas, strict=True)
    )
    CollectiveMember.objects.bulk_create(
        CollectiveMember(territory=row, organisation=carrier, role="lead") for row in rows
    )
    Commitment.objects.bulk_create(
        Commitment(territory=row, pillar=pillar, title="Aider", side="state") for row in rows
    )
    add_challenges(rows, carrier)


def add_challenges(territories, carrier):
    """Add to each of the territories, as often as it is named, a challenge with two readings."""
    start = Challenge.objects.count()
    challenges = Challenge.objects.bulk_create(
        Challenge(
            territory=territory,
            carrier=carrier,
            number=start + n,
            title="Un défi",
            slug=f"un-defi-{start + n}",
            publication="published",
        )
        for n, territory in enumerate(territories)
    )
    objectives = Objective.objects.bulk_create(
        Objective(challenge=row, kind="count", wording="25", unit="lits", target=25)
        for row in challenges
    )
    Reading.objects.bulk_create(
        Reading(objective=row, on=date(year, 1, 1), value=year - 2000, source="Comptage")
        for row in objectives
        for year in [2019, 2020]
    )
    # What autovacuum does in time: PostgreSQL would else plan for the few rows there were.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_as_many_queries_for_20_territories_as_for_2000(client, site):
    def counted():
        counts = {}
        keep_what_pages_share()
        for path in [*PAGES, "/sitemap.xml"]:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            counts[path] = len(captured)
        return counts

    grow(20)
    few = counted()
    grow(1_980)

    assert counted() == few


def test_a_list_of_3000_is_no_heavier_than_one_of_100(client, site):
    """In queries and in bytes. Territories and challenges are added apart: which adds what."""

    def weighed(*addresses):
        weights = {}
        keep_what_pages_share()
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address)
            assert response.status_code == 200
            weights[address] = len(captured), len(response.content)
        return weights

    def heavier(before, after):
        return {
            address: (few, many)
            for address, few, many in ((a, before[a], after[a]) for a in before)
            if many[0] > few[0] or many[1] > 1.3 * few[1]
        }

    territories = ["/territoires/", "/territoires/?vue=carte", "/territoires/?type=pays"]
    challenges = ["/defis/", "/defis/?resultats=mesures", "/defis/?page=2"]
    grow(100)
    few = weighed(*territories, *challenges)
    add_challenges([*Territory.objects.public()[:100]] * 29, factories.organisation())
    assert heavier(few, weighed(*few)) == {}

    grow(2_900)
    assert heavier(few, weighed(*few)) == {}


@pytest.mark.parametrize("path", PAGES)
def test_the_html_needs_no_mending(client, site, path):
    tree = parsed(client.get(path))

    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    assert tree.get("lang") == "fr"
    assert len(list(tree.iter("h1"))) == 1
    assert len(list(tree.iter("main"))) == 1
    title = "".join(next(tree.iter("title")).itertext())
    assert re.fullmatch(r"\S.* — Le French Impact", title)


def test_no_two_pages_have_the_same_title(client, site):
    titles = {
        path: "".join(next(parsed(client.get(path)).iter("title")).itertext()) for path in PAGES
    }

    assert [title for title, times in Counter(titles.values()).items() if times > 1] == []


def test_french_typography(client, site):
    straight = r"[^\W\d_]'[^\W\d_]"
    spacing = r"[ ][:;!?»]|« |\S»|«\S"  # a plain space, or none; \S: a no-break space is a space

    faults = [
        (path, text)
        for path in PAGES
        for text in words_of(parsed(client.get(path)))
        if re.search(f"{straight}|{spacing}", text)
    ]
    assert faults == []


def test_every_link_leads_somewhere_and_every_page_is_linked(client, site):
    seen, waiting, broken = {}, ["/"], []
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        response = client.get(path)
        seen[path] = set()
        if response.status_code != 200:
            broken.append((path, response.status_code))
            continue
        if not response["Content-Type"].startswith("text/html"):
            continue
        tree = parsed(response)
        seen[path] = {element.get("id") for element in tree.iter()}
        for link in links_of(path, tree):
            page, fragment = urldefrag(link)
            if page == path and fragment and fragment not in seen[path]:
                broken.append((path, f"#{fragment}"))
            elif page.startswith(settings.STATIC_URL):
                if not finders.find(page.removeprefix(settings.STATIC_URL)):
                    broken.append((path, page))
            elif not page.startswith(tuple(PRIVATE)):
                waiting.append(page)

    assert broken == []
    assert set(PAGES) - set(seen) == set()


def test_the_site_map_for_engines_lists_every_page_and_no_other(client, site):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    listed = [element.text for element in tree.iter() if element.tag.endswith("}loc")]

    assert [a for a in listed if client.get(urlsplit(a).path).status_code != 200] == []
    # The départements of a région say nothing that its sheet and its communes do not.
    expected = [path for path in PAGES if "/communes/" not in path]
    missing = {f"{settings.SITE_URL}{path}" for path in expected} - set(listed)
    assert missing == set()


def test_what_does_not_exist_or_is_not_public_is_404(client, site):
    for path in MISSING:
        response = client.get(path)
        assert response.status_code == 404, path
        assert "confidentiel" not in response.content.decode().lower(), path
        assert len(list(parsed(response).iter("h1"))) == 1, path


@pytest.mark.parametrize("path", PAGES)
def test_odd_values_in_the_query_never_break_a_page(client, site, path):
    tree = parsed(client.get(path))
    fields = {e.get("name") for tag in ("input", "select") for e in tree.iter(tag)}
    fields = fields - {None} | {"page", "q"}

    everywhere = [dict.fromkeys(fields, value) for value in [*HOSTILE, "9" * 25, ""]]
    alone = [{field: value} for field in fields for value in ["\0", "zzz"]]
    for query in everywhere + alone:
        assert client.get(path, query).status_code in {200, 400, 404}, query


@pytest.mark.parametrize("path", PAGES)
def test_odd_values_in_the_path_never_break_a_page(client, site, path):
    parent = path.rstrip("/").rpartition("/")[0]

    for value in HOSTILE:
        for address in [f"{path}{value}", f"{path}{value}/", f"{parent}/{value}/"]:
            assert client.get(address).status_code in {301, 400, 404}, address[:60]
