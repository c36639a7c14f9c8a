"""Signing in with ProConnect, where a deployment sets it: a provider on this machine answers."""

import logging
import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import proconnect
from accounts.models import User
from accounts.views import take_attempt
from tests import factories
from tests.accounts.door import SIGN_IN, sign_in, totp
from tests.accounts.provider import (
    CLIENT,
    EMAIL,
    SECRET,
    Provider,
    come_back,
    curve_key,
    query_of,
    rsa_key,
)

pytestmark = pytest.mark.django_db

START, RETURN = "/compte/proconnect/", "/compte/proconnect/retour/"
FAILED = "ProConnect n’a pas abouti"


@pytest.fixture
def provider(settings):
    started = Provider()
    settings.PROCONNECT = {"url": started.url, "client_id": CLIENT, "client_secret": SECRET}
    yield started
    started.stop()


@pytest.fixture
def camille():
    return factories.user(email=EMAIL)


def leave(client, query=""):
    """From our button to the address of the provider."""
    assert client.post(START + query).url == START
    return client.get(START).url


def come_in(client, query=""):
    return client.get(come_back(leave(client, query)))


def is_in(client):
    return client.get("/compte/").status_code == 200


def policy(page):
    return page["Content-Security-Policy"].split("; ")


# Where it is not set.


def test_without_its_settings_there_is_no_button_and_no_page(client, settings):
    assert settings.PROCONNECT is None
    page = client.get(SIGN_IN)

    assert "ProConnect" not in page.text
    assert "form-action 'self'" in policy(page)
    for path in [START, RETURN]:
        assert client.get(path).status_code == 404
    assert client.post(START).status_code == 404
    assert not Session.objects.exists()


# The way there and back.


def test_the_button_is_on_the_door_and_only_its_form_may_lead_there(client, provider):
    page = client.get(SIGN_IN, {"next": "/defis/"})

    assert '<span class="fr-connect__brand">ProConnect</span>' in page.text
    assert f'action="{START}"' in page.text
    assert '<input type="hidden" name="next" value="/defis/">' in page.text
    assert f"form-action 'self' {provider.origin}" in policy(page)
    for path in ["/", "/compte/ouvrir/", "/compte/deconnecte/"]:
        assert provider.origin not in client.get(path)["Content-Security-Policy"]
    assert provider.asked == []


def test_an_agent_whose_address_has_an_account_comes_in(client, provider, camille):
    address = leave(client)
    asked = query_of(address)
    assert address.startswith(f"{provider.url}/authorize?")
    assert asked["redirect_uri"] == f"http://testserver{RETURN}"
    assert asked["scope"] == "openid email given_name usual_name"
    assert asked["response_type"] == "code"
    assert asked["client_id"] == CLIENT
    assert min(len(asked["state"]), len(asked["nonce"])) >= 32
    # ProConnect refuses what it does not know.
    assert len(asked) == 6

    response = client.get(come_back(address))

    assert response.url == "/espace/"
    assert is_in(client)
    camille.refresh_from_db()
    assert camille.name == "Camille Martin"
    assert User.objects.count() == 1
    assert "code_verifier" not in provider.sent_to("/token")


def test_pkce_serves_where_it_is_announced(client, provider, camille):
    provider.configuration = {"code_challenge_methods_supported": ["plain", "S256"]}

    address = leave(client)

    assert query_of(address)["code_challenge_method"] == "S256"
    assert client.get(come_back(address)).url == "/espace/"
    assert len(provider.sent_to("/token")["code_verifier"]) >= 43


def test_a_curve_signs_as_well(client, provider, camille):
    provider.signing = {"key": curve_key(), "algorithm": "ES256", "kid": "curve"}

    assert come_in(client).url == "/espace/"


def test_the_address_is_the_accounts_whatever_its_case(client, provider, camille):
    camille.name = "Un autre nom"
    camille.save()
    provider.person["email"] = "Camille@Exemple.test"

    assert come_in(client).url == "/espace/"
    camille.refresh_from_db()
    assert camille.name == "Un autre nom"


def test_it_leads_back_to_what_was_asked_and_never_elsewhere(provider, camille):
    assert come_in(Client(), "?next=/defis/").url == "/defis/"
    assert come_in(Client(), "?next=https://ailleurs.test/").url == "/espace/"


def test_the_session_is_one_like_the_others(client, provider, camille):
    come_in(client)

    assert time.time() - client.session["opened_at"] < 60
    assert client.session.get_expiry_age() == 8 * 3600
    assert client.get(SIGN_IN).url == "/espace/"
    assert client.get(START).url == client.get(RETURN).url == "/espace/"


def test_the_team_still_gives_its_second_factor(client, provider, camille):
    User.objects.update(is_staff=True)
    factories.second_factor(camille)

    assert come_in(client).url == "/compte/second-facteur/"
    assert not is_in(client)
    assert client.get("/admin/").status_code == 302
    client.post("/compte/second-facteur/", {"code": totp()})
    assert client.get("/admin/").status_code == 200


def test_the_team_is_led_to_set_up_its_second_factor(client, provider, camille):
    User.objects.update(is_staff=True)

    come_in(client)

    assert client.get("/admin/").url.startswith("/compte/second-facteur/activer/")


# Who has no account.


@pytest.mark.parametrize("account", [None, {"is_active": False}, {"email": "autre@exemple.test"}])
def test_who_has_no_account_is_told_what_to_do(client, provider, account):
    if account:
        factories.user(**{"email": EMAIL} | account)
    before = User.objects.count()

    response = come_in(client)

    assert response.status_code == 403
    assert "Aucun compte à cette adresse" in response.text
    assert EMAIL in response.text
    assert "demandez une invitation au référent de votre territoire" in response.text
    assert f"{provider.url}/session/end?" in response.text  # to come again as somebody else
    assert User.objects.count() == before
    assert not is_in(client)


def test_an_account_that_changed_address_is_not_opened_by_the_former(client, provider, camille):
    come_in(client)
    User.objects.update(email="nouvelle@exemple.test")

    assert come_in(Client()).status_code == 403


# What goes wrong.


CONFIGURATION = "/.well-known/openid-configuration"
JSON, HTML = "application/json", "text/html"
PAST = int(time.time()) - 3600
# What the provider does wrong: the attributes it then has.
FAULTS = {
    "configuration: 500": {"answers": {CONFIGURATION: (500, HTML, b"<h1>Panne</h1>")}},
    "configuration: moved": {"answers": {CONFIGURATION: (302, "http://127.0.0.1/", b"")}},
    "configuration: garbage": {"answers": {CONFIGURATION: (200, JSON, b"\xff{[")}},
    "configuration: a list": {"answers": {CONFIGURATION: (200, JSON, b"[]")}},
    "configuration: deep": {"answers": {CONFIGURATION: (200, JSON, b"[" * 100_000)}},
    "configuration: long": {"answers": {CONFIGURATION: (200, JSON, b" " * 300_000)}},
    "configuration: empty": {"answers": {CONFIGURATION: (200, JSON, b"{}")}},
    "configuration: silent": {"silent": {CONFIGURATION}},
    "configuration: of another": {"configuration": {"issuer": "https://ailleurs.test"}},
    "configuration: elsewhere": {
        "configuration": {"token_endpoint": "https://ailleurs.test/token"}
    },
    "configuration: nearly": {"configuration": {"jwks_uri": "http://127.0.0.1:1@ailleurs/k"}},
    "configuration: a number": {"configuration": {"authorization_endpoint": 7}},
    "token: 500": {"answers": {"/token": (500, HTML, b"")}},
    "token: garbage": {"answers": {"/token": (200, HTML, b"<html>")}},
    "token: nothing": {"answers": {"/token": (200, JSON, b"{}")}},
    "token: numbers": {"answers": {"/token": (200, JSON, b'{"access_token":1,"id_token":2}')}},
    "token: no token": {
        "answers": {"/token": (200, JSON, b'{"access_token":"a\\nb","id_token":"a.b.c"}')}
    },
    "token: silent": {"silent": {"/token"}},
    "keys: 500": {"answers": {"/jwks": (500, HTML, b"")}},
    "keys: none": {"answers": {"/jwks": (200, JSON, b'{"keys": []}')}},
    "keys: garbage": {"answers": {"/jwks": (200, JSON, b'{"keys": [7, {"kty": "RSA"}]}')}},
    "keys: a secret": {
        "answers": {"/jwks": (200, JSON, b'{"keys":[{"kty":"oct","k":"YQ","kid":"first"}]}')}
    },
    "signature: another key": {"signing": "forged"},
    "signature: unknown key": {"signing": "unknown"},
    "signature: shared secret": {"signing": "shared"},
    "signature: none": {"signing": "unsigned"},
    "issuer": {"claims": {"iss": "https://ailleurs.test"}},
    "audience": {"claims": {"aud": "un-autre-site"}},
    "audience: many, not for us": {"claims": {"aud": [CLIENT, "autre"], "azp": "autre"}},
    "nonce": {"claims": {"nonce": "x" * 43}},
    "no nonce": {"claims": {"nonce": None}},
    "too late": {"claims": {"iat": PAST, "exp": PAST + 60}},
    "no end": {"claims": {"exp": None}},
    "no subject": {"claims": {"sub": None}},
    "person: another": {"person": {"sub": "autre", "email": EMAIL}},
    "person: no subject": {"person": {"email": EMAIL}},
    "person: no address": {"person": {"sub": "abc"}},
    "person: odd address": {"person": {"sub": "abc", "email": "x\0@exemple.test"}},
    "person: many addresses": {"person": {"sub": "abc", "email": [EMAIL]}},
    "person: not verified": {"person": {"sub": "abc", "email": EMAIL, "email_verified": False}},
    "person: another issuer": {"person": {"sub": "abc", "email": EMAIL, "iss": "https://x"}},
    "person: another audience": {"person": {"sub": "abc", "email": EMAIL, "aud": "autre"}},
    "person: too late": {"person": {"sub": "abc", "email": EMAIL, "exp": PAST}},
    "person: forged": {"signing_person": "forged"},
    "person: not signed": {
        "answers": {"/userinfo": (200, JSON, b'{"sub":"abc","email":"camille@exemple.test"}')}
    },
    "person: unsigned": {"signing_person": "unsigned"},
    "person: garbage": {"answers": {"/userinfo": (200, "application/jwt", b"\xff.\xff.\xff")}},
    "person: 401": {"answers": {"/userinfo": (401, JSON, b"{}")}},
    "person: silent": {"silent": {"/userinfo"}},
}


def break_it(provider, fault):
    keys = {"shared": (SECRET, "HS256", "first"), "unsigned": (None, "none", "first")}
    for name, value in FAULTS[fault].items():
        if name in {"forged", "unknown"}:
            continue
        if name.startswith("signing"):
            kid = "second" if value == "unknown" else "first"
            key, algorithm, kid = keys.get(value) or (rsa_key("second"), "RS256", kid)
            value = {"key": key, "algorithm": algorithm, "kid": kid}
        setattr(provider, name, value)


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_provider_does_wrong_is_a_page_and_opens_nothing(
    client, provider, camille, fault, monkeypatch, caplog
):
    monkeypatch.setattr(proconnect, "TIMEOUT", 0.3)
    break_it(provider, fault)

    with caplog.at_level(logging.INFO):
        client.post(START)
        response = client.get(START)
        if response.status_code == 302:
            response = client.get(come_back(response.url))

    assert response.status_code == 403
    assert FAILED in response.text
    assert f'href="{SIGN_IN}">Recevoir un code par courriel' in response.text
    assert not is_in(client)
    [said] = [record for record in caplog.records if record.name == "accounts.views"]
    assert said.getMessage().startswith("ProConnect\u00a0: ")
    for private in [EMAIL, "Camille", SECRET, "abc", "13002526500013", "eyJ"]:
        assert private not in caplog.text
    # The other way in is open.
    assert sign_in(client, EMAIL).url == "/espace/"


def test_a_provider_that_is_away_is_a_page(client, settings, provider, camille):
    provider.server.server_close()
    client.post(START)

    assert FAILED in client.get(START).text


def test_a_provider_that_is_down_is_left_alone_for_a_while(client, provider):
    provider.answers = {CONFIGURATION: (500, HTML, b"")}
    for _ in range(3):
        client.post(START)
        assert FAILED in client.get(START).text

    assert provider.times_asked(CONFIGURATION) == 1


def test_one_who_goes_back_is_led_to_the_code(client, provider, camille):
    state = query_of(leave(client))["state"]

    response = client.get(RETURN, {"error": "access_denied", "state": state})

    assert response.url == SIGN_IN
    assert "Vous n’avez pas terminé avec ProConnect." in client.get(SIGN_IN).text


def test_any_other_error_is_a_page(client, provider, camille):
    for fields in [{"error": "server_error", "code": "x"}, {}, {"code": ""}, {"iss": "https://x"}]:
        state = query_of(leave(client))["state"]
        assert FAILED in client.get(RETURN, {"state": state} | fields).text


def test_a_return_serves_once_and_in_its_own_browser(client, provider, camille):
    back = come_back(leave(client))
    thief = Client()

    assert FAILED in thief.get(back).text
    leave(thief)
    assert FAILED in thief.get(back).text
    assert client.get(back).url == "/espace/"
    client.post("/compte/deconnexion/")
    assert FAILED in client.get(back).text
    assert not is_in(client)


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=", "?state=%00&code=%00%FF"])
def test_a_return_without_a_start_is_a_page(client, provider, query):
    assert FAILED in client.get(RETURN + query).text
    assert client.get(START).url == SIGN_IN
    assert provider.asked == []
    assert not Session.objects.exists()


def test_of_two_returns_at_a_time_the_late_one_finds_nothing(client, provider):
    client.post(START)
    late = client.session
    assert late["proconnect_attempt"]
    Session.objects.all().delete()  # as the other one does when it signs in

    assert take_attempt(late) is None
    assert not late.modified


def test_a_return_is_worth_ten_minutes(client, provider, camille):
    back = come_back(leave(client))
    session = client.session
    session["proconnect_attempt"] |= {"at": time.time() - 601}
    session.save()

    assert FAILED in client.get(back).text


def test_a_form_from_elsewhere_starts_nothing(provider):
    assert Client(enforce_csrf_checks=True).post(START).status_code == 403
    assert not Session.objects.exists()


def test_starting_is_limited_by_address(client, provider):
    statuses = [client.post(START).status_code for _ in range(11)]

    assert statuses == [302] * 10 + [429]


# Leaving.


def test_leaving_the_portal_leaves_proconnect_too(client, provider, camille):
    come_in(client)

    response = client.post("/compte/deconnexion/")

    seconds, _, address = response["Refresh"].partition("; url=")
    asked = query_of(address)
    assert (response.status_code, seconds) == (200, "0")
    assert address.startswith(f"{provider.url}/session/end?")
    assert asked["post_logout_redirect_uri"] == "http://testserver/compte/deconnecte/"
    assert asked["id_token_hint"].count(".") == 2
    assert len(asked["state"]) >= 32
    assert "Fermer ProConnect" in response.text
    assert not is_in(client)


def test_leaving_everywhere_does_too(client, provider, camille):
    come_in(client)

    assert provider.url in client.post("/compte/deconnexion-partout/")["Refresh"]
    assert not is_in(client)


@pytest.mark.parametrize("end", [None, "https://ailleurs.test/", "http://127.0.0.1/\r\nx"])
def test_leaving_stays_here_where_the_provider_has_no_such_page(client, provider, camille, end):
    provider.configuration = {"end_session_endpoint": end}
    come_in(client)

    assert client.post("/compte/deconnexion/").url == "/compte/deconnecte/"


def test_leaving_after_proconnect_is_no_longer_set_stays_here(client, provider, camille, settings):
    come_in(client)
    settings.PROCONNECT = None

    assert client.post("/compte/deconnexion/").url == "/compte/deconnecte/"


def test_who_came_by_a_code_leaves_as_before(client, provider, camille):
    sign_in(client, EMAIL)

    assert client.post("/compte/deconnexion/").url == "/compte/deconnecte/"
