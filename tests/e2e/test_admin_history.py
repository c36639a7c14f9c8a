"""Two members of the team on one territory, in two browsers; then yesterday’s text comes back."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests import factories
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import running_off, violations

pytestmark = pytest.mark.browser

YESTERDAYS, CAMILLES, ALIXS = "De la mer à la montagne.", "Le pays des parfums.", "Vingt communes."


@pytest.fixture
def transactional_db(emptied):
    """This test writes."""


def keep(said, message):
    """What axe does has no address, and Chromium tells of a page that answers by an error."""
    address = message.location["url"]
    if address and "409 (Conflict)" not in message.text:
        said.append((message.text, address))


@pytest.fixture
def page_of(browser, live_server, transactional_db):
    """``page_of(name)``: a browser of a member of the team, whose console stays silent."""
    contexts, said = [], []

    def opened(name):
        client = SiteClient()
        client.force_login(factories.user(name=name, is_staff=True, is_superuser=True))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1024, "height": 900}
        )
        contexts.append(context)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: keep(said, message))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def faults(page):
    page.wait_for_load_state("load")
    found = {}
    for scheme in ["light", "dark"]:
        page.emulate_media(color_scheme=scheme)
        found[scheme] = violations(page) + running_off(page)
    return found


NONE = {"light": [], "dark": []}


@pytest.mark.ignore_template_errors
def test_two_editors_then_yesterdays_text(page_of):
    areas = [factories.area(name="CA du Pays de Grasse")]
    territory = factories.territory(name="Pays de Grasse", summary="Avant", areas=areas)
    territory.history.update(history_date=timezone.now() - timedelta(days=2))
    territory._history_date = timezone.now() - timedelta(days=1)
    territory.summary = YESTERDAYS
    territory.save()
    camille, alix = page_of("Camille Martin"), page_of("Alix Durand")
    for page in [camille, alix]:
        page.goto(f"/admin/territories/territory/{territory.pk}/change/")

    camille.get_by_label("Résumé").fill(CAMILLES)
    camille.get_by_label("Site web").fill("https://exemple.test/")
    camille.get_by_label("Motif du changement").fill("Demande du territoire")
    camille.get_by_role("button", name="Enregistrer", exact=True).click()
    camille.get_by_text("modifié avec succès").wait_for()
    alix.get_by_label("Résumé").fill(ALIXS)
    alix.get_by_role("button", name="Enregistrer", exact=True).click()

    alix.get_by_role("heading", name="Rien n’est enregistré encore").wait_for()
    told = alix.inner_text(".meanwhile")
    assert "Camille Martin a enregistré cette fiche" in told
    assert "Site web" in told
    assert CAMILLES in alix.inner_text(".field-summary")
    assert alix.get_by_label("Résumé").input_value() == ALIXS
    assert alix.locator("#id_website").input_value() == "https://exemple.test/"
    assert faults(alix) == NONE
    alix.get_by_role("button", name="Enregistrer et continuer").click()
    territory.refresh_from_db()
    assert (territory.summary, territory.website) == (ALIXS, "https://exemple.test/")

    alix.get_by_role("link", name="Historique").click()
    assert "Demande du territoire" in alix.inner_text("#change-history")
    assert faults(alix) == NONE
    yesterday = alix.locator("#change-history tr", has_text=f"Avant → {YESTERDAYS}")
    yesterday.get_by_role("link", name="Comparer à aujourd’hui").click()
    assert "Seul ce qui diffère est montré" in alix.inner_text("main")
    assert faults(alix) == NONE
    alix.get_by_role("link", name="Reprendre la version").click()
    assert "Rien n’est enregistré encore" in alix.inner_text(".meanwhile")
    assert alix.get_by_label("Résumé").input_value() == YESTERDAYS
    assert faults(alix) == NONE
    alix.get_by_role("button", name="Enregistrer", exact=True).click()
    alix.get_by_text("modifié avec succès").wait_for()
    territory.refresh_from_db()
    assert territory.summary == YESTERDAYS
    assert territory.history.first().history_change_reason.startswith("Reprise de la version du ")
