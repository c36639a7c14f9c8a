"""The pages of what went wrong, in the site's frame, even without a database."""

import html5lib
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import include, path

from editorial import shown
from frenchimpact.urls import handler400, handler403, handler404, handler500  # noqa: F401
from tests import factories


def broken(request):
    raise ValueError("CONFIDENTIEL")


urlpatterns = [path("panne/", broken), path("", include("frenchimpact.urls"))]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def browser():
    """A client that gets the error page instead of the error."""
    return Client(raise_request_exception=False)


def check(response, status, heading, words):
    """Assert that the page is the site's, says what happened, and is not to be indexed."""
    assert response.status_code == status
    tree = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    [h1] = tree.iter("h1")
    text = " ".join("".join(tree.find(".//main").itertext()).split())
    assert h1.text == heading
    assert f"Erreur {status}" in text
    assert words in text
    assert tree.find(".//header//nav") is not None
    assert tree.find(".//meta[@name='robots']").get("content") == "noindex"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies


def test_404_says_where_to_look(client, db):
    response = client.get("/nulle-part/")

    check(response, 404, "Page introuvable", "depuis les territoires ou les défis")


def test_404_needs_no_database(browser, dead_database):
    response = browser.get("/nulle-part/")

    check(response, 404, "Page introuvable", "n’existe pas, ou n’est plus publiée")


def test_400_for_a_host_that_is_not_ours(client, db):
    response = client.get("/", headers={"host": "ailleurs.test"})

    check(response, 400, "Demande incomprise", "n’a pas compris la demande")


def test_403_for_a_page_one_may_not_see(client, db):
    client.force_login(factories.user(is_staff=True))

    response = client.get("/admin/territories/wave/")

    check(response, 403, "Accès refusé", "Vous n’avez pas le droit de voir cette page.")


def test_403_for_a_form_left_open_too_long(db):
    response = Client(enforce_csrf_checks=True).post("/admin/login/")

    check(response, 403, "Accès refusé", "Ce formulaire est resté ouvert trop longtemps")
    assert "CSRF" not in response.content.decode()


def test_500_says_nothing_of_the_error(browser, db):
    response = browser.get("/panne/")

    check(response, 500, "Une erreur s’est produite", "vous n’y êtes pour rien")
    assert "CONFIDENTIEL" not in response.content.decode()
    assert not response.has_header("Retry-After")


def test_500_needs_no_database(browser, dead_database):
    response = browser.get("/panne/")

    check(response, 500, "Une erreur s’est produite", "Réessayez dans quelques minutes.")


@pytest.mark.parametrize("address", ["/", "/territoires/", "/defis/inconnu/", "/accessibilite/"])
def test_503_when_the_database_is_down(browser, dead_database, address):
    response = browser.get(address)

    check(response, 503, "Service momentanément indisponible", "Rien n’est perdu.")
    assert response["Retry-After"] == "5"


def test_503_for_a_form_when_the_database_is_down(browser, dead_database):
    response = browser.post("/admin/login/", {"username": "a", "password": "b"})

    check(response, 503, "Service momentanément indisponible", "Rien n’est perdu.")
    assert response["Retry-After"] == "5"


def test_a_page_that_asks_nothing_of_the_database_survives_it(client, dead_database):
    cache.set("has_demonstration", False)
    cache.set(shown.KEY, shown.of_site())

    assert client.get("/accessibilite/").status_code == 200
