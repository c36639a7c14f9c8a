"""What every page of accounts promises, as tests/site/test_quality.py does for public ones."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.urls import urlpatterns
from tests import factories
from tests.accounts.door import CODE, SECOND, SIGN_IN, ask, sign_in, totp
from tests.pages import ACCOUNT, DOOR
from tests.site.test_quality import HOSTILE, parsed, routes, words_of

pytestmark = pytest.mark.django_db
CONFIRM = "/compte/second-facteur/confirmer/"
ASKS_AGAIN = ["/compte/codes-de-secours/renouveler/", "/compte/second-facteur/changer/"]


class Routes:
    url_patterns = urlpatterns


@pytest.fixture
def pages(client_of):
    """Each page, from the browser that may read it; the forms also with their errors."""
    stranger, coming, half = Client(), Client(), Client()
    ask(coming, factories.user().email)
    user = factories.user(is_staff=True, email="equipe@exemple.test", name="Équipe")
    factories.second_factor(user)
    sign_in(half, user.email)
    staff, newcomer = client_of(user), client_of(factories.user())
    shown = {path: stranger.get(path) for path in DOOR}
    shown |= {CODE: coming.get(CODE), SECOND: half.get(SECOND), CONFIRM: staff.get(CONFIRM)}
    shown |= {path: staff.get(path) for path in ["/compte/", "/compte/deconnexion/"]}
    activate = "/compte/second-facteur/activer/"
    shown |= {activate: newcomer.get(activate), "coordinateur": newcomer.get("/compte/")}
    shown |= {
        f"{path} refusé": browser.post(path, {"email": "x", "code": "x"})
        for browser, path in [
            (stranger, SIGN_IN),
            (coming, CODE),
            (half, SECOND),
            (staff, CONFIRM),
            (newcomer, activate),
        ]
    }
    staff.post(f"{CONFIRM}?next=/compte/", {"code": totp()})
    shown |= {path: staff.get(path) for path in ASKS_AGAIN}
    staff.post("/compte/codes-de-secours/renouveler/")
    shown["/compte/codes-de-secours/"] = staff.get("/compte/codes-de-secours/")
    return shown


def test_every_address_of_accounts_is_listed(pages):
    listed = [f"compte/{route}" for route in routes(Routes)]

    assert {f"/{route}" for route in listed} == {*DOOR, *ACCOUNT}
    # What shows nothing, or is in tests/accounts/test_proconnect.py.
    acts = {"/compte/deconnexion-partout/", "/compte/proconnect/", "/compte/proconnect/retour/"}
    assert {*DOOR, *ACCOUNT} - acts - pages.keys() == set()


def test_the_html_needs_no_mending_and_is_in_french(pages):
    for path, response in pages.items():
        assert response.status_code == 200, path
        tree = parsed(response)
        assert len(list(tree.iter("h1"))) == len(list(tree.iter("main"))) == 1, path
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        assert len(ids) == len({*ids}), path
        title = "".join(next(tree.iter("title")).itertext())
        assert re.fullmatch(r"\S.* — Le French Impact", title), path
        assert title.startswith("Erreur\u00a0: ") is path.endswith(" refusé"), path
        faults = [
            text
            for text in words_of(tree)
            if re.search(r"[^\W\d_]'[^\W\d_]|[ ][:;!?»]|« |\S»|«\S", text)
        ]
        assert faults == [], path
        assert tree.find(".//meta[@name='robots']").get("content") == "noindex", path


def test_a_field_says_what_it_is_and_what_is_wrong(pages):
    for path, response in pages.items():
        for field in parsed(response).iterfind(".//main//input"):
            if field.get("type") == "hidden":
                continue
            assert field.get("autocomplete") in {"email", "one-time-code"}, path
            described = field.get("aria-describedby").split()
            assert (field.get("aria-invalid") == "true") is path.endswith(" refusé"), path
            assert all(f'id="{part}"' in response.text for part in described), path


def test_few_queries(client_of):
    browser = client_of(factories.user())
    browser.get("/compte/")

    with CaptureQueriesContext(connection) as captured:
        browser.get("/compte/")

    assert len(captured) <= 5


@pytest.mark.parametrize("value", HOSTILE)
def test_odd_values_never_break_the_door(value):
    browser, half = Client(), Client()
    user = factories.user(is_staff=True)
    factories.second_factor(user)
    sign_in(half, user.email)

    assert browser.get(SIGN_IN, {"next": value}).status_code == 200
    assert ask(browser, value).status_code == 200
    assert ask(browser, "a@exemple.test", "?next=/defis/").status_code == 302
    assert browser.post(CODE, {"code": value, "next": value}).status_code == 200
    assert half.post(SECOND, {"code": value}).status_code == 200
