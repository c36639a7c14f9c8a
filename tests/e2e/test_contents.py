"""Texts and pictures that people send, in a browser: nothing runs, nothing jumps."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.e2e.test_accessibility import violations
from tests.hostile import SCRIPTS

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def site(transactional_db):
    """No other rows than those of each test."""


def test_no_script_of_a_text_runs(open_page):
    hostile = factories.challenge(need="\n\n".join(SCRIPTS), answer=SCRIPTS[0])
    for text in SCRIPTS:
        factories.report(challenge=hostile, text=text)

    with open_page("/") as page:  # open_page fails at anything said in the console
        dialogs = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(hostile.get_absolute_url())
        expect(page.locator(".thread__item")).to_have_count(len(SCRIPTS))
        for element in page.locator("main .text *").all():
            element.dispatch_event("mouseover")
            element.dispatch_event("focus")
        assert page.locator("main .text :is(img, svg, iframe, style, script, form)").count() == 0
        assert dialogs == []


@pytest.mark.parametrize("width", [1280, 360])
def test_the_place_of_a_picture_is_kept_before_it_comes(open_page, width):
    shown = {"image": factories.picture(), "image_alt": "Une maison bleue"}
    illustrated = factories.challenge(need="Du texte.", **shown)

    with open_page("/", width=width) as page:
        held = []
        page.route("**/media/**", lambda route: held.append(route))
        picture = page.get_by_role("img", name="Une maison bleue")
        with page.expect_request("**/media/**"):
            page.goto(illustrated.get_absolute_url(), wait_until="domcontentloaded")
            picture.scroll_into_view_if_needed()
        before = picture.bounding_box()
        for route in held:
            route.continue_()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth > 0")
        after = picture.bounding_box()
        assert (before["width"], before["height"]) == (after["width"], after["height"])
        assert after["height"] == pytest.approx(after["width"] * 3 / 4, abs=1)
        assert after["width"] > 200
        assert violations(page) == []
