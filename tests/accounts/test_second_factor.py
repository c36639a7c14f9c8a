"""Staff give two factors, and are led to set up the second before anything else."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.test import Client

from outbox.models import Message
from tests import factories
from tests.accounts.door import (
    ACTIVATE,
    CODE,
    SECOND,
    SIGN_IN,
    ask,
    code_sent,
    sign_in,
    totp,
    wrong,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
CONFIRM = "/compte/second-facteur/confirmer/"
CODES = "/compte/codes-de-secours/"


@pytest.fixture
def staff():
    return factories.user(email="equipe@exemple.test", is_staff=True, is_superuser=True)


@pytest.fixture
def browser():
    """Signs in by the door alone."""
    return Client()


def key_shown(page):
    return re.search(r'second-factor__key">([A-Z2-7]+)<', page)[1]


def recovery_codes(page):
    return re.findall(r"<li><code>(\d{8})</code></li>", page)


def test_staff_without_a_second_factor_are_led_to_it_first(browser, staff):
    assert sign_in(browser, staff.email, "?next=/admin/").url == "/admin/"

    for path in ["/admin/", "/admin/accounts/user/", "/compte/", CODES, CONFIRM]:
        response = browser.get(path)
        assert response.status_code == 302, path
        assert response.url.startswith(ACTIVATE), path
    assert browser.post("/admin/accounts/user/add/", {"email": "a@b.test"}).status_code == 302
    assert browser.get(ACTIVATE).status_code == 200
    assert browser.get("/").status_code == 200


def test_staff_set_up_their_second_factor(browser, staff, django_capture_on_commit_callbacks):
    sign_in(browser, staff.email)
    key = key_shown(browser.get(ACTIVATE).text)

    refused = browser.post(ACTIVATE, {"code": wrong(totp(key))})
    assert refused.status_code == 200
    assert "Ce code n’est pas le bon." in refused.text
    assert key_shown(refused.text) == key
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(ACTIVATE, {"code": totp(key)})

    assert response.url == CODES
    assert len({*recovery_codes(browser.get(CODES).text)}) == 10
    assert browser.get("/admin/").status_code == 200
    mail = Message.objects.latest("pk")
    assert (mail.to, mail.subject) == (staff.email, "Second facteur installé")
    assert key not in mail.text + mail.html


def test_staff_give_their_second_factor_at_each_sign_in(browser, staff):
    factories.second_factor(staff)

    response = sign_in(browser, staff.email, "?next=/admin/")
    assert response.url == SECOND
    assert browser.get("/admin/").url.startswith("/admin/login/")
    assert browser.get("/compte/").status_code == 302

    refused = browser.post(SECOND, {"code": wrong(totp())})
    assert refused.status_code == 200
    assert "Ce code n’est pas le bon." in refused.text

    assert browser.post(SECOND, {"code": totp()}).url == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_the_code_by_mail_alone_or_the_second_alone_opens_nothing(browser, staff):
    factories.second_factor(staff)

    assert browser.post(SECOND, {"code": totp()}).url == SIGN_IN
    ask(browser, staff.email)
    assert browser.post(SECOND, {"code": totp()}).url == SIGN_IN
    assert browser.get("/admin/").status_code == 302


def test_a_code_of_the_second_factor_serves_once(browser, staff):
    factories.second_factor(staff)
    code = totp()
    sign_in(browser, staff.email)
    browser.post(SECOND, {"code": code})

    other = Client()
    sign_in(other, staff.email)
    assert other.post(SECOND, {"code": code}).status_code == 200


def test_five_wrong_codes_are_the_last_for_a_while(browser, staff):
    factories.second_factor(staff)
    sign_in(browser, staff.email)

    for _ in range(5):
        assert "pas le bon" in browser.post(SECOND, {"code": wrong(totp())}).text
    assert "Trop d’essais." in browser.post(SECOND, {"code": totp()}).text


def test_a_recovery_code_serves_once(browser, staff, client_of):
    factories.second_factor(staff)
    owner = client_of(staff)
    owner.post(f"{CONFIRM}?next=/compte/", {"code": totp()})
    owner.post("/compte/codes-de-secours/renouveler/")
    code = recovery_codes(owner.get(CODES).text)[0]

    sign_in(browser, staff.email)
    assert browser.post(SECOND, {"code": code}).url == "/admin/"

    other = Client()
    sign_in(other, staff.email)
    assert other.post(SECOND, {"code": code}).status_code == 200


def test_a_session_without_its_second_factor_is_asked_for_it(staff):
    factories.second_factor(staff)
    browser = Client()
    browser.force_login(staff)  # as one opened before the account became the team’s

    response = browser.get("/admin/")

    assert response.url == f"{CONFIRM}?next=%2Fadmin%2F"
    assert browser.post(response.url, {"code": totp()}).url == "/admin/"
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/compte/codes-de-secours/renouveler/", "/compte/second-facteur/changer/"]
)
def test_touching_the_factors_asks_for_one_again(client_of, staff, path):
    response = client_of(staff).get(path)

    assert response.status_code == 302
    assert response.url.startswith(CONFIRM)


def test_a_new_telephone_replaces_the_old_one(client_of, staff):
    browser = client_of(staff)
    browser.post(f"{CONFIRM}?next=/compte/", {"code": totp()})

    browser.post("/compte/second-facteur/changer/")

    assert not Authenticator.objects.exists()
    assert browser.get("/admin/").url.startswith(ACTIVATE)
    key = key_shown(browser.get(ACTIVATE).text)
    assert browser.post(ACTIVATE, {"code": totp(key)}).url == CODES


def test_a_coordinator_is_asked_for_one_factor(browser):
    user = factories.user()

    assert sign_in(browser, user.email).url == "/espace/"
    assert "Installer un second facteur" in browser.get("/compte/").text


def test_a_coordinator_may_have_a_second_factor(browser):
    user = factories.user()
    factories.second_factor(user)

    assert sign_in(browser, user.email).url == SECOND
    assert browser.post(SECOND, {"code": totp()}).url == "/espace/"
    assert "Voir mes codes de secours" in browser.get("/compte/").text


def test_a_coordinator_may_not_enter_the_administration(client_of):
    response = client_of(factories.user()).get("/admin/", follow=True)

    assert response.status_code == 403


def test_the_first_administrator_needs_no_password(browser, monkeypatch):
    from django.core.management import call_command

    call_command("createsuperuser", "--noinput", email="premiere@exemple.test", verbosity=0)

    assert sign_in(browser, "premiere@exemple.test").url == "/admin/"
    assert browser.get("/admin/").url.startswith(ACTIVATE)


def test_the_code_of_developers_is_none_in_service(settings):
    from allauth.mfa import app_settings

    settings.MFA_TOTP_INSECURE_BYPASS_CODE = "000000"
    settings.DEBUG = False

    with pytest.raises(Exception, match="testing purposes only"):
        app_settings.TOTP_INSECURE_BYPASS_CODE  # noqa: B018


def test_codes_are_never_in_the_administration(client_of, staff, browser, settings):
    settings.DEBUG = False
    ask(browser, staff.email)

    page = client_of(staff).get(f"/admin/outbox/message/{Message.objects.get().pk}/change/")

    assert page.status_code == 200
    assert code_sent() not in page.text
    assert browser.get(CODE).status_code == 200


# What the database keeps.


def test_the_database_tells_no_second_factor(staff):
    kept = factories.second_factor(staff).data["secret"]

    assert factories.KEY not in kept
    assert decrypt(kept) == factories.KEY


def test_a_former_secret_key_still_reads(staff, settings):
    kept = factories.second_factor(staff).data["secret"]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 50, [settings.SECRET_KEY]

    assert decrypt(kept) == factories.KEY


def test_a_lost_secret_key_fits_no_code(browser, staff, settings):
    factories.second_factor(staff)
    settings.SECRET_KEY = "x" * 50

    sign_in(browser, staff.email)

    assert browser.post(SECOND, {"code": totp()}).status_code == 200
    assert browser.post(SECOND, {"code": totp("")}).status_code == 200
