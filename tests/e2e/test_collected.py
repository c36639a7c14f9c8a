"""The site as a deployment serves it: DEBUG off, by gunicorn, from the collected files."""

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from frenchimpact.staticfiles import lean_font
from tests.pages import PAGES

pytestmark = pytest.mark.browser

MOST_BYTES = 150_000  # of a first visit
HASHED = re.compile(r"\.[0-9a-f]{12}(\.\w+)$")


def run(environment, *command):
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *command], env=environment, cwd=settings.BASE_DIR, check=True
    )


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The settings of a deployment whose static files are collected."""
    folder = tmp_path_factory.mktemp("collected")
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "frenchimpact.settings",
        "DEBUG": "0",
        "HTTPS": "0",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "LOG_LEVEL": "ERROR",
    } | {f"LEGAL_{who}": "x" for who in ["PUBLISHER", "DIRECTOR", "HOST", "CONTACT", "DPO"]}
    run(environment, "manage.py", "collectstatic", "--noinput", "--verbosity=0")
    return environment


@contextmanager
def serving(environment, folder, *commands):
    """The address of the site, with the rows these commands write in a database of its own."""
    environment = environment | {"DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}"}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment["SITE_URL"] = address
        for command in [["manage.py", "migrate", "--verbosity=0"], *commands]:
            run(environment, *command)
        # The socket listens already: a page asked before the server is ready waits for it.
        server = ["-m", "gunicorn", "--threads=4", f"--bind=fd://{listening.fileno()}"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *server, "--log-level=error", "frenchimpact.wsgi"],
            env=environment,
            cwd=settings.BASE_DIR,
            pass_fds=[listening.fileno()],
        ) as process:
            try:
                yield address
            finally:
                process.terminate()


@pytest.fixture(scope="module")
def served(collected, tmp_path_factory):
    """The address of the site, with the rows of tests/pages.py."""
    rows = "import django; django.setup(); from tests.pages import build_site; build_site()"
    with serving(collected, tmp_path_factory.mktemp("served"), ["-c", rows]) as address:
        yield address


@pytest.fixture(scope="module")
def served_whole(collected, tmp_path_factory):
    """The address of the site as it opens: the real country, the real label, the demonstration."""
    folder = tmp_path_factory.mktemp("whole")
    loads = ["load_geography"], ["load_label"], ["load_demo", "--yes"]
    with serving(collected, folder, *(["manage.py", *load] for load in loads)) as address:
        yield address


@pytest.fixture
def visit(browser, served):
    """``with visit(path) as (page, asked)``: the page, and the requests it made, none failed."""

    @contextmanager
    def visited(path, *, scheme="light", width=1280, whole_sheets=False):
        context = browser.new_context(
            base_url=served, viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        try:
            context.add_init_script(f"localStorage.setItem('scheme', '{scheme}')")
            if whole_sheets:
                context.route("**/static/dsfr/**", serve_the_package)
            page = context.new_page()
            said, failed, asked = [], [], []
            # The design system's script always tells its version and its start.
            page.on(
                "console",
                lambda m: None if m.text.startswith("%cdsfr : ") else said.append(m.text),
            )
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("requestfailed", lambda request: failed.append(request.url))
            page.on("request", lambda request: asked.append(request.url))
            page.on(
                "response",
                lambda response: failed.append(response.url) if response.status >= 400 else None,
            )
            page.goto(path, wait_until="networkidle")
            yield page, asked
            assert said == []
            assert failed == []
        finally:
            context.close()

    return visited


def serve_the_package(route):
    """Answer with the design system's own file, neither trimmed nor hashed.

    Fonts come lean all the same: without hints, letters are a shade different on this screen.
    """
    path = urlsplit(route.request.url).path.removeprefix(settings.STATIC_URL)
    own = finders.find(HASHED.sub(r"\1", path))
    if own.endswith(".woff2"):
        route.fulfill(body=lean_font(own), content_type="font/woff2")
    else:
        route.fulfill(path=own)


def computed(page, selector, name):
    return page.locator(selector).first.evaluate(
        "(element, name) => getComputedStyle(element)[name]", name
    )


@pytest.mark.parametrize(
    ("scheme", "background", "ink"),
    [
        ("light", "rgb(255, 255, 255)", "rgb(58, 58, 58)"),
        ("dark", "rgb(22, 22, 22)", "rgb(206, 206, 206)"),
    ],
)
def test_a_page_is_styled_in_both_themes(visit, scheme, background, ink):
    with visit("/accessibilite/", scheme=scheme) as (page, asked):
        fonts = page.evaluate(
            "() => [...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
        )
        static = [url for url in asked if "/static/" in url]

        assert "Marianne" in fonts
        assert page.locator("html").get_attribute("data-fr-theme") == scheme
        assert computed(page, "body", "backgroundColor") == background
        assert computed(page, "body", "color") == ink
        assert computed(page, ".fr-header", "filter").startswith("drop-shadow")
        assert computed(page, ".fr-header__service-title", "fontWeight") == "700"
        assert computed(page, "h1", "fontFamily").startswith("Marianne")
        assert [url for url in static if not HASHED.search(url)] == []
        assert {urlsplit(url).path.rpartition(".")[2] for url in static} >= {"css", "js", "woff2"}


def test_the_display_settings_change_the_theme(visit):
    with visit("/accessibilite/") as (page, _):
        page.get_by_role("button", name="Affichage").click()
        dialog = page.get_by_role("dialog")
        dialog.wait_for()

        assert "fr-modal--opened" in dialog.get_attribute("class")
        dialog.get_by_text("Thème sombre").click()
        assert page.locator("html").get_attribute("data-fr-theme") == "dark"


# Text alone: the rules of any other page.
PLAIN = {"/mentions-legales/", "/donnees-personnelles/", "/accessibilite/", "/plan-du-site/"}
DRAWN = [path for path in PAGES if path not in PLAIN]


@pytest.mark.parametrize(
    ("path", "scheme", "width"),
    # One page of two: that every rule of every page is kept is tested without a browser.
    [(path, "light", 1280) for path in DRAWN[::2]] + [(path, "dark", 360) for path in DRAWN[:2]],
)
def test_the_trimmed_sheets_draw_what_the_whole_ones_draw(visit, path, scheme, width):
    rules, drawn = [], []
    for whole_sheets in [False, True]:
        with visit(path, scheme=scheme, width=width, whole_sheets=whole_sheets) as (page, _):
            rules.append(page.evaluate("document.styleSheets[0].cssRules.length"))
            drawn.append(page.screenshot(full_page=True, animations="disabled"))

    assert rules[0] < rules[1]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("path", ["/", "/territoires/"])
def test_a_first_visit_is_light(browser, served_whole, path):
    """All that comes over the wire, headers too; pages count as nginx would compress them."""
    context = browser.new_context(base_url=served_whole, viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        answers, weights = {}, {}
        wire.on("Network.responseReceived", lambda e: answers.update({e["requestId"]: e}))
        wire.on(
            "Network.loadingFinished",
            lambda e: weights.update({e["requestId"]: e["encodedDataLength"]}),
        )
        body = page.goto(path, wait_until="networkidle").body()
        static = {}
        for request, weight in weights.items():
            answer = answers[request]["response"]
            if answers[request]["type"] == "Document":
                headers = weight - len(body)
                document = headers + len(brotli.compress(body, quality=5))
            elif not answer["url"].startswith("data:"):
                static[answer["url"]] = weight
                assert weight < 2_000 or is_compressed(answer), answer["url"]
    finally:
        context.close()

    assert document + sum(static.values()) <= MOST_BYTES, {path: document} | static


def is_compressed(answer):
    names = {name.lower(): value for name, value in answer["headers"].items()}
    return names.get("content-encoding") == "br" or "font" in names["content-type"]
