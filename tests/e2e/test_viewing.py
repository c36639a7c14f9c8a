"""Staff see the space as a coordinator does, in a browser: from the account page and back."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from challenges.models import ProgressReport
from space.models import Draft
from tests import factories
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import running_off, violations

pytestmark = [pytest.mark.browser, pytest.mark.ignore_template_errors]  # Django’s account page


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def camille(transactional_db):
    territory = factories.territory(name="Pays de Grasse", slug="grasse")
    challenge = factories.challenge(territory=territory, title="Habiter", slug="habiter")
    factories.objective(challenge=challenge, target=25)
    user = factories.user(name="Camille Martin", email="camille@exemple.test")
    return factories.coordinator(territory=territory, user=user).user


@pytest.fixture
def opened(browser, live_server, camille):
    """``opened(scheme)``: a page of an administrator; what its console says is in ``said``."""
    client = SiteClient()
    client.force_login(factories.user(is_staff=True, is_superuser=True, name="Alix Durand"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    contexts = []

    def open_in(scheme):
        context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
        contexts.append(context)
        context.add_init_script(f"localStorage.setItem('scheme', '{scheme}')")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.said, page.asked = [], []
        # What axe itself does has no address.
        page.on("console", lambda m: page.said.append(m.text) if m.location["url"] else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        return page

    yield open_in
    for context in contexts:
        context.close()


def checked(page):
    """No fault, wide or narrow, and nothing runs off."""
    for width in [360, 1280]:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == [], (page.url, width)
        assert running_off(page) == [], (page.url, width)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_account_to_the_space_and_back(opened, camille, scheme):
    page = opened(scheme)
    bar = page.get_by_role("region", name="Consultation en cours")

    page.goto(f"/admin/accounts/user/{camille.pk}/change/")
    page.get_by_role("link", name="Voir l’espace comme cette personne…").click()
    checked(page)
    page.get_by_role("button", name="Voir l’espace comme cette personne").click()
    expect(page.get_by_text("Indiquez le motif")).to_be_visible()
    checked(page)
    page.get_by_label("Motif").fill("Un appel")
    page.get_by_role("button", name="Voir l’espace comme cette personne").click()

    page.wait_for_url("**/espace/")
    expect(page).to_have_title("Vu comme Camille Martin — Espace coordinateurs — Le French Impact")
    expect(page.get_by_role("heading", name="Bonjour Camille Martin")).to_be_visible()
    expect(bar).to_contain_text("Vous voyez l’espace comme Camille Martin (camille@exemple.test)")
    checked(page)

    page.clock.install()
    page.get_by_role("link", name="Faire le point d’étape").click()
    page.get_by_label("En quelques mots").fill("Écrit par Alix")
    page.clock.fast_forward(5000)
    page.mouse.wheel(0, 500)
    expect(bar).to_be_in_viewport()
    assert page.said == []
    page.get_by_role("button", name="Enregistrer le point d’étape").click()
    expect(page.get_by_role("heading", name="Rien n’a été enregistré")).to_be_visible()
    expect(page.get_by_text("Vous regardez l’espace de Camille Martin")).to_be_visible()
    checked(page)
    # Chromium tells of every page that is not a success.
    assert [text for text in page.said if "403" not in text] == []
    page.said.clear()
    assert not [address for address in page.asked if address.endswith("/brouillon/")]
    assert not ProgressReport.objects.exists()
    assert not Draft.objects.exists()

    page.get_by_role("link", name="Revenir à la page").click()
    page.wait_for_url("**/espace/grasse/point/")
    bar.get_by_role("button", name="Arrêter de voir l’espace comme Camille Martin").press("Enter")
    page.wait_for_url(f"**/admin/accounts/user/{camille.pk}/change/")
    expect(page.get_by_text("Vous ne voyez plus l’espace comme Camille Martin.")).to_be_visible()
    page.goto("/espace/")
    expect(page.get_by_role("heading", name="Bonjour Alix Durand")).to_be_visible()
    expect(bar).to_have_count(0)
    assert page.said == []


def test_the_bar_and_its_button_need_no_script(browser, live_server, opened, camille):
    scripted = opened("light")
    scripted.goto(f"/admin/accounts/user/{camille.pk}/voir-comme/")
    scripted.get_by_label("Motif").fill("Un appel")
    scripted.get_by_role("button", name="Voir l’espace comme cette personne").click()
    scripted.wait_for_url("**/espace/")
    plain = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=scripted.context.storage_state(),
    )
    page = plain.new_page()

    page.goto("/espace/grasse/point/")
    page.get_by_role("button", name="Rien de nouveau").click()
    expect(page.get_by_role("heading", name="Rien n’a été enregistré")).to_be_visible()
    page.get_by_role("button", name="Arrêter la consultation").click()

    expect(page.get_by_text("Vous ne voyez plus l’espace comme Camille Martin.")).to_be_visible()
    plain.close()
