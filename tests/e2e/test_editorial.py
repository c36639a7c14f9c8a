"""Words and announcements in a browser: rewritten, previewed, planned; then as the public sees."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from editorial.models import Notice, Passage
from tests import factories, pages
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import running_off, violations

pytestmark = pytest.mark.browser

LEAD = "Un chapeau écrit ce matin."
WORDS = "Le portail fermera samedi."


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def context(browser, live_server, transactional_db):
    """Signed in as staff; its console stays silent."""
    pages.build_site()
    Passage.objects.declare()
    signed_in = SiteClient()
    signed_in.force_login(factories.user(is_staff=True, is_superuser=True))
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.add_cookies(
        [{"name": name, "value": signed_in.cookies[name].value, "url": live_server.url}]
    )
    said = []
    # What axe itself does has no address.
    context.on("console", lambda m: said.append(m.text) if m.location["url"] else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert said == []


def preview(context, page):
    """The tab that the button opens."""
    with context.expect_page() as opened:
        page.get_by_role("button", name="Aperçu").click()
    opened.value.wait_for_load_state()
    return opened.value


def announced(page):
    return page.get_by_role("region", name="Annonces")


def test_the_home_page_is_rewritten_after_a_look_at_it(context):
    page = context.new_page()
    page.goto("/admin/editorial/passage/?q=chapeau&page=home")
    assert violations(page) == []
    page.get_by_role("link", name="Chapeau").click()
    assert violations(page) == []
    page.get_by_label("Chapeau").fill(LEAD)

    seen = preview(context, page)

    band = seen.get_by_role("region", name="Aperçu").inner_text()
    assert band.startswith("Aperçu\u00a0: rien n’est enregistré.")
    expect(seen.get_by_text(LEAD)).to_be_visible()
    assert violations(seen) == []
    seen.close()
    stranger = context.new_page()
    stranger.goto("/")
    assert LEAD not in stranger.inner_text("main")

    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url("**/admin/editorial/passage/?*")
    cache.clear()  # as ten seconds do
    stranger.reload()  # a browser keeps a page for a minute
    expect(stranger.get_by_text(LEAD)).to_be_visible()


def test_the_preview_of_a_wrong_form_says_what_to_mend(context):
    page = context.new_page()
    page.goto("/admin/editorial/notice/add/")

    seen = preview(context, page)

    assert "Pas d’aperçu" in seen.inner_text("main")
    assert violations(seen) == []
    seen.locator("#id_text").fill("Samedi")
    seen.get_by_role("button", name="Enregistrer", exact=True).click()
    seen.wait_for_url("**/admin/editorial/notice/add/")
    assert seen.locator("#id_text").input_value() == "Samedi"


def test_an_announcement_appears_at_its_hour(context, monkeypatch):
    now = timezone.localtime()
    begins, ends = now + timedelta(hours=1), now + timedelta(days=2)
    page = context.new_page()
    page.goto("/admin/editorial/notice/add/")
    page.get_by_label("Niveau").select_option("warning")
    page.locator("#id_text").fill("Le portail **fermera** samedi.")
    for name, moment in [("starts_at", begins), ("ends_at", ends)]:
        page.locator(f"#id_{name}_0").fill(f"{moment:%d/%m/%Y}")
        page.locator(f"#id_{name}_1").fill(f"{moment:%H:%M}")
    assert violations(page) == []
    seen = preview(context, page)
    expect(announced(seen)).to_contain_text(WORDS)
    seen.close()
    assert not Notice.objects.exists()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("à venir")

    page.goto("/")
    assert "fermera" not in page.content()

    clock = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: clock() + timedelta(hours=2))
    page.reload()
    expect(announced(page)).to_contain_text("Attention")
    expect(announced(page)).to_contain_text(WORDS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_announcements(context, scheme):
    for level, words in Notice.Level.choices:
        factories.notice(
            level=level,
            text=f"Une **{words}**, [un lien](https://exemple.test/) et un-mot-long-{'a' * 60}",
            link_label="En savoir plus",
            link_url="https://exemple.test/",
        )
    chosen = f"localStorage.setItem('scheme', '{scheme}')"
    context.add_init_script(f"if (location.protocol !== 'about:') {chosen}")
    page = context.new_page()
    for path in ["/", "/defis/", "/mentions-legales/"]:
        page.goto(path)
        assert page.locator("html").get_attribute("data-fr-theme") == scheme
        for width in [1280, 360]:
            page.set_viewport_size({"width": width, "height": 800})
            assert announced(page).is_visible()
            assert violations(page) == [], (path, width)
            assert running_off(page) == [], (path, width)
