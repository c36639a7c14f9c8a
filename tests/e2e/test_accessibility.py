import pytest
from axe_playwright_python.base import AXE_SCRIPT as AXE
from playwright.sync_api import expect

from tests.pages import PAGES

pytestmark = pytest.mark.browser

TAGS = ["RGAAv4", "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LIST_STATES = [
    "/territoires/?vue=carte",
    "/territoires/?region=53&theme=habitat",
    "/defis/",
    "/defis/?region=53&theme=habitat",
]
# Without fetching the sheets again, which the security policy refuses and no rule of these needs.
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False}


def violations(page):
    """What axe finds, as « rule: element », once whatever moves has stopped."""
    page.evaluate("Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0)))")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("options => axe.run(document, options)", OPTIONS)["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def running_off(page):
    """The elements that stand out of a screen on its right, if the page can be pushed sideways."""
    return page.evaluate(
        """() => {
          const root = document.scrollingElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          return [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
            .map((e) => e.cloneNode(false).outerHTML);
        }"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/nulle-part/"])
def test_axe_finds_nothing_and_nothing_runs_off(open_page, path, scheme):
    with open_page(path, scheme=scheme, looks=True) as page:
        assert page.locator("html").get_attribute("data-fr-theme") == scheme
        for width in [1280, 360]:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], width
        for width in [360, 320]:
            page.set_viewport_size({"width": width, "height": 800})
            assert running_off(page) == [], width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_states_of_a_list(open_page, scheme):
    """Whole, as a map, narrowed to nothing; its filters folded, then all unfolded."""
    with open_page("/", scheme=scheme) as page:
        for path in LIST_STATES:
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(path)
            assert violations(page) == [], path
            page.set_viewport_size({"width": 360, "height": 800})
            assert violations(page) == [], path
            page.get_by_role("button", name="Filtrer").click()
            expect(page.locator("#filtres")).to_be_visible()
            unfold = "all => all.forEach((box) => box.open = true)"
            page.locator(".filters details").evaluate_all(unfold)
            assert violations(page) == [], f"{path}, filtres ouverts"
            page.set_viewport_size({"width": 1280, "height": 800})
            assert violations(page) == [], f"{path}, filtres ouverts"


@pytest.mark.parametrize("path", [*PAGES, "/nulle-part/"])
def test_a_page_is_whole_without_javascript(open_page, path):
    with open_page(path, looks=True, java_script_enabled=False) as page:
        assert page.locator("main h1").is_visible()
        assert page.locator("main").inner_text().strip()
        links = page.get_by_role("navigation", name="Menu principal").get_by_role("link")
        assert links.count() >= 4
        assert all(link.is_visible() for link in links.all())


def test_the_menu_is_there_on_a_telephone_without_javascript(open_page):
    with open_page("/", width=360, java_script_enabled=False) as page:
        links = page.get_by_role("navigation", name="Menu principal").get_by_role("link")
        assert links.first.is_visible()
