"""« Ma commune » in a browser: by keyboard, without JavaScript, for everyone."""

import pytest
from playwright.sync_api import expect

from geography.models import Area, PostalCode, Spelling
from geography.names import spellings
from tests import factories
from tests.e2e.test_accessibility import violations
from tests.e2e.test_keyboard import tab_to

pytestmark = pytest.mark.browser

FORM = "/ma-commune/"
ONE_LABEL, NO_LABEL = "/ma-commune/93055/", "/ma-commune/93066/"
TWO_LABELS = "/ma-commune/93048/"


@pytest.fixture(scope="module")
def site(site):
    """The rows of the site, and five communes: one with a label, one with two."""
    ept = factories.area(level="ept", name="Est Ensemble")
    factories.territory(name="Est Ensemble", areas=[ept], areas_certainty="interpretation")
    paris = factories.area(level="epci", name="Métropole du Grand Paris")
    factories.territory(name="Grand Paris", areas=[paris])
    for name, code, place, population, parents in [
        ("Pantin", "93055", "Seine-Saint-Denis", 61_929, [ept]),
        ("Montreuil", "93048", "Seine-Saint-Denis", 111_934, [ept, paris]),
        ("Saint-Denis", "93066", "Seine-Saint-Denis", 149_077, []),
        ("Saint-Denis", "97411", "La Réunion", 155_634, []),
        ("Saint-Dizier", "52448", "Haute-Marne", 22_858, []),
    ]:
        area = factories.area(
            level="commune",
            code=code,
            name=name,
            place=place,
            population=population,
            parents=parents,
        )
        Spelling.objects.bulk_create(
            Spelling(area=area, text=text, is_whole=whole, population=population)
            for text, whole in spellings(name)
        )
    for code in ["93048", "93055"]:
        PostalCode.objects.create(code="93100", area=Area.objects.get(code=code))


def field(page):
    return page.get_by_label("Votre commune")


def active_option(page):
    """The text of the option the field says is active, or None."""
    name = field(page).get_attribute("aria-activedescendant")
    return page.locator(f"#{name}").inner_text() if name else None


def type_and_wait(page, text):
    field(page).press_sequentially(text)
    page.get_by_role("listbox", name="Communes proposées").wait_for()


def test_from_the_form_to_the_page_by_keyboard_alone(open_page):
    with open_page(FORM) as page:
        tab_to(page, field(page))
        type_and_wait(page, "st d")
        assert page.get_by_role("option").all_inner_texts() == [
            "Saint-Denis (La Réunion)",
            "Saint-Denis (Seine-Saint-Denis)",
            "Saint-Dizier (Haute-Marne)",
        ]
        assert page.get_by_text("3 communes proposées.").count() == 1
        assert field(page).get_attribute("aria-expanded") == "true"
        assert active_option(page) is None

        page.keyboard.press("ArrowUp")
        assert active_option(page) == "Saint-Dizier (Haute-Marne)"
        page.keyboard.press("ArrowDown")
        assert active_option(page) == "Saint-Denis (La Réunion)"
        page.keyboard.press("ArrowDown")
        assert active_option(page) == "Saint-Denis (Seine-Saint-Denis)"
        assert page.locator("[aria-selected=true]").count() == 1

        page.keyboard.press("Enter")
        page.wait_for_url(f"**{NO_LABEL}")
        assert page.locator("h1").inner_text() == "Saint-Denis"


def test_from_the_home_page_to_the_territory_by_keyboard_alone(open_page):
    with open_page("/") as page:
        tab_to(page, field(page))
        page.keyboard.type("pant")
        page.get_by_role("option", name="Pantin").wait_for()
        page.keyboard.press("ArrowDown")
        assert active_option(page) == "Pantin (Seine-Saint-Denis)"

        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Pantin")
        tab_to(page, page.locator("main").get_by_role("link", name="Est Ensemble"))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Est Ensemble")


def test_from_the_home_page_to_the_territory_without_mouse_or_javascript(open_page):
    with open_page("/", java_script_enabled=False) as page:
        tab_to(page, field(page))
        page.keyboard.type("93100")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("2 communes répondent")

        tab_to(page, page.get_by_role("link", name="Pantin (Seine-Saint-Denis)"))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Pantin")
        tab_to(page, page.locator("main").get_by_role("link", name="Est Ensemble"))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Est Ensemble")


def test_escape_closes_the_list_and_keeps_what_was_typed(open_page):
    with open_page(FORM) as page:
        type_and_wait(page, "saint")
        page.keyboard.press("Escape")

        page.get_by_role("listbox").wait_for(state="hidden")
        assert field(page).get_attribute("aria-expanded") == "false"
        assert field(page).input_value() == "saint"
        page.keyboard.press("ArrowDown")
        page.get_by_role("listbox").wait_for()
        assert active_option(page) == "Saint-Denis (La Réunion)"


def test_enter_without_a_choice_asks_the_site(open_page):
    with open_page(FORM) as page:
        type_and_wait(page, "saint denis")
        page.keyboard.press("Enter")

        page.wait_for_url("**/?q=saint+denis")
        assert field(page).input_value() == "saint denis"
        assert page.get_by_role("status").filter(has_text="2 communes répondent").count() == 1


def test_nothing_to_suggest_is_said(open_page):
    with open_page(FORM) as page:
        field(page).press_sequentially("zzz")

        page.get_by_text("Aucune commune proposée.").wait_for(state="attached")
        assert page.get_by_role("listbox").count() == 0


def test_a_suggestion_is_clicked(open_page):
    with open_page(FORM, width=360) as page:
        type_and_wait(page, "pan")
        page.get_by_role("option", name="Pantin").click()

        page.wait_for_url(f"**{ONE_LABEL}")


def test_in_two_steps_without_javascript(open_page):
    with open_page(FORM, java_script_enabled=False) as page:
        field(page).fill("st denis")
        page.get_by_role("button", name="Chercher", exact=True).click()
        page.get_by_role("link", name="Saint-Denis (Seine-Saint-Denis)").click()

        assert page.url.endswith(NO_LABEL)
        field(page).fill("pantin")
        page.get_by_role("button", name="Chercher", exact=True).click()
        assert page.url.endswith(ONE_LABEL)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, scheme):
    with open_page(FORM, scheme=scheme) as page:
        for path in [f"{FORM}?q=93100", f"{FORM}?q=zzz", NO_LABEL, ONE_LABEL, TWO_LABELS]:
            page.goto(path)
            for width in [1280, 360]:
                page.set_viewport_size({"width": width, "height": 800})
                assert violations(page) == [], (path, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", FORM])
def test_axe_finds_nothing_while_suggestions_are_open(open_page, path, scheme):
    with open_page(path, scheme=scheme) as page:
        type_and_wait(page, "saint")
        page.keyboard.press("ArrowDown")

        for width in [1280, 360]:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], width
        assert active_option(page) == "Saint-Denis (La Réunion)"


@pytest.mark.parametrize("path", [FORM, f"{FORM}?q=st+denis", ONE_LABEL, NO_LABEL])
def test_nothing_runs_off_a_narrow_screen(open_page, path):
    with open_page(path, width=320) as page:
        assert page.evaluate(
            "document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
        )
