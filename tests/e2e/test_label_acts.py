"""Acts in a browser, as staff do them and as the public sees: announce, undo, merge."""

import pytest
from django.conf import settings

from territories.models import Organisation, Territory
from tests import factories
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """This test writes."""


@pytest.fixture
def page(browser, live_server, transactional_db):
    """Signed in as staff; its console stays silent."""
    signed_in = SiteClient()
    signed_in.force_login(factories.user(is_staff=True, is_superuser=True))
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.add_cookies(
        [{"name": name, "value": signed_in.cookies[name].value, "url": live_server.url}]
    )
    said = []
    page = context.new_page()
    # What axe itself does has no address.
    page.on("console", lambda m: said.append(m.text) if m.location["url"] else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def test_a_label_granted_under_embargo_appears_once_announced(page):
    factories.wave(3)
    factories.territory(name="Pays de Grasse", publication="draft", labelled=False)
    factories.territory(name="Pays du Mans")

    page.goto("/admin/territories/territory/")
    for row in page.locator(".action-select").all():
        row.check()
    page.locator("select[name=action]").select_option("grant")
    page.get_by_role("button", name="Envoyer").click()
    assert "Il a déjà le label (1re vague)." in page.inner_text("main")
    assert violations(page) == []
    page.get_by_label("Vague").select_option(label="3e vague")
    page.get_by_label("Sous embargo").check()
    page.get_by_role("button", name="Accorder le label").click()
    assert "1 territoire labellisé." in page.inner_text(".messagelist")

    page.goto("/territoires/")
    assert "Grasse" not in page.inner_text("main")

    page.goto("/admin/territories/wave/")
    page.get_by_role("link", name="3e vague").click()
    page.get_by_role("link", name="Annoncer la vague…").click()
    assert "La fiche, en brouillon, paraît à l’heure dite." in page.inner_text("main")
    assert violations(page) == []
    page.get_by_role("button", name="Annoncer la vague").click()

    page.goto("/territoires/?vague=3")
    assert "Pays de Grasse" in page.inner_text("main")
    assert Territory.objects.labelled().count() == 2


def test_a_suspension_is_undone_and_two_actors_are_made_one(page):
    designation = factories.designation()
    ruche = factories.organisation(name="Ruche", slug="ruche")
    factories.challenge(territory=designation.territory, carrier=ruche)
    factories.organisation(name="Ruche du Jura", slug="ruche-du-jura")

    page.goto(f"/admin/territories/designation/acte/suspend/?rows={designation.pk}")
    page.get_by_label("Motif").fill("Erreur de ligne")
    page.get_by_role("button", name="Suspendre le label").click()
    assert violations(page) == []
    page.get_by_role("button", name="Annuler : 1 label suspendu").click()
    assert "1 ligne est redevenue comme avant." in page.inner_text(".messagelist")
    designation.refresh_from_db()
    assert designation.state == "active"

    page.goto("/admin/territories/organisation/")
    for row in page.locator(".action-select").all():
        row.check()
    page.locator("select[name=action]").select_option("merge")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_label("Ruche du Jura").check()
    assert violations(page) == []
    page.get_by_role("button", name="Voir ce qui changera").click()
    assert "Porteur\u00a0: Ruche du Jura au lieu de Ruche." in page.inner_text("main")
    assert violations(page) == []
    page.get_by_role("button", name="Fusionner les doublons").click()
    assert Organisation.objects.get().name == "Ruche du Jura"
    page.goto("/acteurs/ruche/")
    assert page.url.endswith("/acteurs/ruche-du-jura/")
