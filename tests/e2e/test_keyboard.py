import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# Whether what has the focus shows it. On the map, a ring around the point stands for the outline.
SHOWS_FOCUS = """() => {
  const e = document.activeElement;
  if (e === document.body) return true;
  const ring = e.querySelector(".map-mark__reach"), box = e.getBoundingClientRect();
  const marked = ring
    ? getComputedStyle(ring).stroke !== "none"
    : getComputedStyle(e).outlineStyle !== "none";
  return marked && box.width > 0 && box.height > 0;
}"""


def tab_to(page, target, most=60):
    """Press the tabulation key until the target has the focus, seen at each stop."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SHOWS_FOCUS), page.locator(":focus").evaluate("e => e.outerHTML")
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"{target} ne reçoit pas le focus en {most} touches.")


def test_the_first_key_reaches_the_content(open_page):
    with open_page("/territoires/") as page:
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Contenu"
        assert skip.is_visible()

        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_main_menu_is_walked_by_keyboard(open_page):
    with open_page("/") as page:
        links = page.get_by_role("navigation", name="Menu principal").get_by_role("link")
        names = links.all_inner_texts()
        links.first.focus()
        for name in names[1:]:
            page.keyboard.press("Tab")
            assert page.locator(":focus").inner_text() == name

        page.keyboard.press("Enter")
        page.wait_for_url("**/manifeste/")
        current = page.get_by_role("navigation", name="Menu principal").locator("[aria-current]")
        assert current.all_inner_texts() == ["Manifeste"]


def test_the_focus_is_always_visible(open_page):
    with open_page("/territoires/") as page:
        page.keyboard.press("Tab")
        for _ in range(60):
            page.keyboard.press("Tab")
            seen = page.evaluate(SHOWS_FOCUS)
            assert seen, page.locator(":focus").evaluate("e => e.outerHTML")


def test_from_the_map_of_the_home_page_to_a_territory(open_page):
    with open_page("/") as page:
        on_the_map = page.get_by_role("group", name="Carte des territoires labellisés")
        mark = on_the_map.get_by_role("link", name=re.compile("^Bretagne"))
        tab_to(page, mark)
        expect(mark).to_have_accessible_name("Bretagne (périmètre indicatif)")
        expect(mark.locator("text")).to_be_visible()

        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Bretagne")


def test_the_menu_of_a_telephone_opens_and_closes_by_keyboard(open_page):
    with open_page("/", width=360) as page:
        button = page.get_by_role("button", name="Menu", exact=True)
        link = page.get_by_role("navigation", name="Menu principal").get_by_role("link").first
        link.wait_for(state="hidden")

        button.focus()
        page.keyboard.press("Enter")
        link.wait_for(state="visible")
        page.keyboard.press("Escape")
        link.wait_for(state="hidden")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Menu"


def test_the_display_settings_change_the_theme_and_are_kept(open_page):
    with open_page("/", color_scheme="light") as page:
        page.locator("html[data-fr-theme=light]").wait_for()
        page.get_by_role("button", name="Affichage").first.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Paramètres d’affichage")
        dialog.wait_for(state="visible")
        dialog.get_by_label("Thème sombre").focus()
        page.keyboard.press("Space")
        page.locator("html[data-fr-theme=dark]").wait_for(state="attached")
        dialog.get_by_role("button", name="Fermer").focus()
        page.keyboard.press("Enter")
        dialog.wait_for(state="hidden")

        page.goto("/defis/")
        page.locator("html[data-fr-theme=dark]").wait_for()


def test_the_theme_of_the_machine_is_followed(open_page):
    with open_page("/", color_scheme="dark") as page:
        page.locator("html[data-fr-theme=dark]").wait_for()
