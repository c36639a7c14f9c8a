"""The guides in a browser: what their pictures show can still be done, on the demonstration."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from frenchimpact.seed.account import open_accounts
from frenchimpact.seed.demonstration import load_demonstration
from guides.scenes import SCENES
from guides.screenshots import enter
from guides.text import IMAGES
from tests.e2e.test_accessibility import running_off, violations
from tests.site import founding

pytestmark = [pytest.mark.browser, pytest.mark.ignore_template_errors]


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """The demonstration, where the server’s thread sees it."""
    with django_db_blocker.unblock():
        founding.create_areas()
        founding.load()
        load_demonstration()
        open_accounts()
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def page(browser, live_server, settings):
    settings.DEBUG = True
    settings.MFA_TOTP_INSECURE_BYPASS_CODE = "000000"
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    page = context.new_page()
    page.set_viewport_size({"width": 1024, "height": 800})
    yield page
    context.close()


def test_every_picture_can_be_taken_again(page):
    taken = set()
    for play in SCENES.values():
        page.context.clear_cookies()
        for name, element in play(page, enter):
            assert element.bounding_box()["height"] > 20, name
            taken.add(f"{name}.webp")
    assert taken == {path.name for path in IMAGES.iterdir()}

    for address in [reverse("admin:guide"), reverse("guides:coordinators")]:
        page.goto(address)
        assert violations(page) == [], address
        assert running_off(page) == [], address
