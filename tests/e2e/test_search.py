"""The search in a browser: by keyboard, on a telephone, without JavaScript, for everyone."""

import pytest

from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["?q=habiter", "?q=juralliance&type=defis", "?q=zzz", "?q=le"])
def test_axe_finds_nothing_in_results_nor_without_any(open_page, query, scheme):
    with open_page(f"/recherche/{query}", scheme=scheme) as page:
        for width in [1280, 360]:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], width


def test_from_the_header_by_keyboard(open_page):
    with open_page("/defis/") as page:
        page.get_by_role("searchbox", name="Rechercher").focus()
        page.keyboard.type("juralliance")
        page.keyboard.press("Enter")
        page.wait_for_url("**/recherche/?q=juralliance")
        assert page.get_by_role("status").first.inner_text().startswith("4 résultats")


def test_on_a_telephone_the_button_opens_the_field(open_page):
    with open_page("/defis/", width=360) as page:
        button = page.get_by_role("button", name="Rechercher").first
        field = page.locator("#recherche-entete")
        field.wait_for(state="hidden")
        button.focus()
        page.keyboard.press("Enter")
        field.wait_for(state="visible")
        page.keyboard.press("Escape")
        field.wait_for(state="hidden")


@pytest.mark.parametrize("width", [1280, 360])
def test_without_javascript(open_page, width):
    with open_page("/defis/", width=width, java_script_enabled=False) as page:
        page.locator("#recherche-entete").fill("habiter")
        page.keyboard.press("Enter")
        page.wait_for_url("**/recherche/?q=habiter")
        assert page.locator(".hit__title").first.is_visible()
