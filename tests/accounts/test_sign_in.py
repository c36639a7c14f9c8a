"""Signing in by a code received by mail."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from outbox.models import Message
from tests import factories
from tests.accounts.door import CODE, SIGN_IN, ask, code_sent, sign_in, wrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def camille():
    return factories.user(email="camille@exemple.test", name="Camille Martin")


def test_a_code_opens_the_account(client, camille):
    response = ask(client, "Camille@Exemple.test")
    assert response.url == CODE
    assert "camille@exemple.test" in client.get(CODE).text

    response = client.post(CODE, {"code": code_sent()})

    assert response.status_code == 302
    assert response.url == "/espace/"
    page = client.get("/compte/").text
    assert "Camille Martin" in page
    assert "camille@exemple.test" in page
    assert "administration" not in page


def test_a_code_may_be_typed_with_spaces(client, camille):
    ask(client, camille.email)
    code = code_sent()

    assert client.post(CODE, {"code": f" {code[:3]} {code[3:]} "}).url == "/espace/"


def test_the_mail_holds_the_code_and_no_host_of_the_request(client, camille, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post(SIGN_IN, {"email": camille.email}, headers={"host": "ailleurs.test"})

    mail = Message.objects.get()
    assert mail.to == "camille@exemple.test"
    assert mail.subject == "Votre code de connexion"
    assert re.fullmatch(r"\d{6}", code_sent())
    assert code_sent() in mail.html
    assert "ailleurs.test" not in mail.text + mail.html
    assert settings.SITE_URL in mail.text
    assert (mail.secret, mail.urgent) == (True, True)
    assert 590 < (mail.not_after - mail.created_on).total_seconds() <= 600


def test_a_wrong_code_is_said_beside_the_field(client, camille):
    ask(client, camille.email)

    response = client.post(CODE, {"code": wrong(code_sent())})

    assert response.status_code == 200
    assert response.text.count("Ce code n’est pas le bon.") == 2  # in the summary, by the field
    assert "<title>Erreur\u00a0: Saisir le code reçu" in response.text
    assert client.get("/compte/").status_code == 302


def test_three_wrong_codes_end_it(client, camille):
    ask(client, camille.email)
    code = code_sent()

    for _ in range(3):
        response = client.post(CODE, {"code": wrong(code)})

    assert response.url == SIGN_IN
    assert "Trop d’essais." in client.get(SIGN_IN).text
    assert client.post(CODE, {"code": code}).url == SIGN_IN
    assert client.get("/compte/").status_code == 302


def test_a_code_is_worth_ten_minutes(client, camille, monkeypatch):
    ask(client, camille.email)
    code = code_sent()
    session = client.session
    state = session["account_login"]
    state["state"]["stages"]["login_by_code"]["data"]["at"] -= 601
    session["account_login"] = state
    session.save()

    assert client.post(CODE, {"code": code}).url == SIGN_IN
    assert client.get("/compte/").status_code == 302


def test_a_code_is_worth_nothing_in_another_browser(client, camille):
    ask(client, camille.email)
    code = code_sent()
    thief = Client()

    assert thief.post(CODE, {"code": code}).url == SIGN_IN
    ask(thief, "autre@exemple.test")
    assert thief.post(CODE, {"code": code}).status_code == 200
    assert thief.get("/compte/").status_code == 302


def test_a_code_serves_once(client, camille):
    ask(client, camille.email)
    code = code_sent()
    client.post(CODE, {"code": code})
    client.post("/compte/deconnexion/")

    assert client.post(CODE, {"code": code}).url == SIGN_IN


def test_one_may_begin_again_with_another_address(client, camille):
    ask(client, "canille@exemple.test")
    assert client.get(SIGN_IN).url == CODE

    response = client.post("/compte/deconnexion/", {"next": SIGN_IN})

    assert response.url == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200
    assert sign_in(client, camille.email).url == "/espace/"


@pytest.mark.parametrize("email", ["", "camille", "a@b", "x" * 250 + "@exemple.test", "a\0@b.test"])
def test_an_address_that_is_none_is_said_beside_the_field(client, email):
    response = ask(client, email)

    assert response.status_code == 200
    assert "fr-message--error" in response.text
    assert not Message.objects.exists()


def test_what_was_typed_comes_back(client):
    assert 'value="camille@"' in ask(client, "camille@").text


# Nobody learns who has an account.


def seen(response):
    """What a person gets, less what differs at each request."""
    return response.status_code, response.headers.get("Location"), response.headers.keys()


def test_an_unknown_address_gets_the_same_pages(camille):
    known, unknown = Client(), Client()
    answers = [ask(known, "camille@exemple.test"), ask(unknown, "inconnu@exemple.test")]
    assert seen(answers[0]) == seen(answers[1])
    assert answers[0].cookies.keys() == answers[1].cookies.keys()

    def page(browser, email, **data):
        text = (browser.post(CODE, data) if data else browser.get(CODE)).text
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text.replace(email, "@"))

    for data in [{}, {"code": "abcdef"}, {"code": ""}]:
        pages = [
            page(known, "camille@exemple.test", **data),
            page(unknown, "inconnu@exemple.test", **data),
        ]
        assert pages[0] == pages[1], data


def test_an_unknown_address_costs_the_same_queries(camille):
    counts = []
    for email in ["camille@exemple.test", "inconnu@exemple.test"] * 2:
        with CaptureQueriesContext(connection) as captured:
            ask(Client(), email)
        counts.append([query["sql"].split()[0] for query in captured])

    assert counts[2] == counts[3]


def test_an_unknown_address_is_told_once_a_day(client):
    for _ in range(3):
        ask(Client(), "Inconnu@exemple.test")

    mail = Message.objects.get()
    assert mail.to == "inconnu@exemple.test"
    assert mail.subject == "Aucun compte à cette adresse"
    assert "/compte/ouvrir/" in mail.text
    assert not mail.urgent


@pytest.mark.parametrize("code", ["", "000000", "None"])
def test_no_code_opens_what_has_no_account(client, code):
    ask(client, "inconnu@exemple.test")

    assert client.post(CODE, {"code": code}).status_code == 200
    assert client.get("/compte/").status_code == 302


def test_a_closed_account_gets_what_an_unknown_one_gets(client):
    factories.user(email="parti@exemple.test", is_active=False)

    assert ask(client, "parti@exemple.test").url == CODE
    assert Message.objects.get().subject == "Aucun compte à cette adresse"


def test_an_account_closed_meanwhile_does_not_open(client, camille):
    ask(client, camille.email)
    User.objects.update(is_active=False)

    response = client.post(CODE, {"code": code_sent()})

    assert response.url == "/compte/ferme/"
    assert "Ce compte a été fermé" in client.get("/compte/ferme/").text
    assert client.get("/compte/").status_code == 302


def test_a_former_address_opens_nothing(client, camille):
    sign_in(client, camille.email)
    User.objects.update(email="nouvelle@exemple.test")

    ask(Client(), "camille@exemple.test")

    assert Message.objects.latest("pk").subject == "Aucun compte à cette adresse"


# Where it leads.


def test_the_account_and_the_space_lead_to_each_other(client, camille):
    assert sign_in(client, camille.email).url == "/espace/"

    assert 'href="/compte/">Mon compte' in client.get("/espace/").text
    assert 'href="/espace/">Espace coordinateurs</a></li>\n  </ul>' in client.get("/compte/").text


def test_signing_in_leads_back_to_what_was_asked(client, camille):
    assert client.get("/compte/").url == f"{SIGN_IN}?next=/compte/"

    assert sign_in(client, camille.email, "?next=/defis/").url == "/defis/"


@pytest.mark.parametrize(
    "address",
    ["https://ailleurs.test/", "//ailleurs.test/", "javascript:alert(1)", "/\\ailleurs.test"],
)
def test_signing_in_never_leads_elsewhere(client, camille, address):
    assert sign_in(client, camille.email, f"?next={address}").url == "/espace/"
    assert client.post(f"/compte/deconnexion/?next={address}").url == "/compte/deconnecte/"


def test_one_who_is_signed_in_is_led_to_the_account(client, camille):
    sign_in(client, camille.email)

    assert client.get(SIGN_IN).url == "/espace/"


def test_nobody_opens_an_account(client):
    assert "Personne n’ouvre son propre compte" in client.get("/compte/ouvrir/").text
    assert client.post("/compte/ouvrir/", {"email": "a@exemple.test"}).status_code == 405
    assert not User.objects.exists()


def test_a_form_from_elsewhere_is_refused(camille):
    browser = Client(enforce_csrf_checks=True)

    for path in [SIGN_IN, CODE, "/compte/deconnexion/", "/compte/deconnexion-partout/"]:
        assert browser.post(path, {"email": camille.email}).status_code == 403
    assert not Message.objects.exists()


def test_the_page_says_so_when_it_is_asked_for_json(client, camille):
    response = client.post(SIGN_IN, {"email": "x"}, headers={"accept": "application/json"})

    assert response["Content-Type"].startswith("text/html")


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_guesses_is_three_guesses_all_the_same(client):
    ask(client, factories.user().email)
    code, cookie = code_sent(), client.cookies["session"].value
    start = Barrier(8)

    def guess(number):
        browser = Client()
        browser.cookies["session"] = cookie
        start.wait()
        try:
            return browser.post(CODE, {"code": wrong(code)}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = [*pool.map(guess, range(8))]

    assert sorted(statuses) == [200, 200, *[302] * 6]  # the third wrong one ends it
