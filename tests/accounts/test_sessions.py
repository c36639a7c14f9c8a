"""How long one stays signed in, and how one leaves, here or everywhere."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.sessions import LONGEST, REFRESH
from tests import factories
from tests.accounts.door import sign_in
from tests.pages import ACCOUNT, DOOR

pytestmark = pytest.mark.django_db
HOUR = 3600


def age(client, **fields):
    """Write in the session of a browser that things happened so many seconds earlier."""
    session = client.session
    data = session.load()
    for name, seconds in fields.items():
        data[name] -= seconds
    Session.objects.filter(pk=session.session_key).update(session_data=session.encode(data))


@pytest.fixture
def browser(client):
    sign_in(client, factories.user().email)
    return client


def is_in(client):
    return client.get("/compte/").status_code == 200


def test_a_session_ends_after_eight_idle_hours(browser):
    row = Session.objects.get(pk=browser.session.session_key)
    assert abs((row.expire_date - timezone.now()).total_seconds() - 8 * HOUR) < 60

    Session.objects.update(expire_date=timezone.now())
    assert not is_in(browser)


def test_a_session_in_use_lives_on(browser):
    soon = timezone.now() + timezone.timedelta(minutes=30)
    Session.objects.update(expire_date=soon)
    age(browser, seen_at=REFRESH + 1)

    response = browser.get("/compte/")

    assert response.cookies["session"]["max-age"] == 8 * HOUR
    assert (Session.objects.get().expire_date - soon).total_seconds() > 7 * HOUR


def test_a_session_is_not_written_at_each_page(browser):
    assert "session" not in browser.get("/compte/").cookies


def test_a_session_ends_after_twelve_hours_whatever_is_done(browser):
    age(browser, opened_at=LONGEST - 60)
    assert is_in(browser)

    age(browser, opened_at=61)
    assert not is_in(browser)


def test_signing_in_again_opens_a_new_session(browser):
    before = browser.session.session_key
    age(browser, opened_at=LONGEST + 1)

    assert not is_in(browser)
    sign_in(browser, factories.user().email)

    assert is_in(browser)
    assert browser.session.session_key != before
    assert time.time() - browser.session["opened_at"] < 60


def test_a_public_page_does_not_look_at_the_session(browser):
    age(browser, seen_at=REFRESH + 1)

    response = browser.get("/accessibilite/")

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert "public" in response["Cache-Control"]


def test_leaving_asks_first_and_closes_this_browser_only(browser):
    user_id = int(browser.session["_auth_user_id"])
    other = Client()
    other.force_login(type(factories.user()).objects.get(pk=user_id))

    assert "Me déconnecter" in browser.get("/compte/deconnexion/").text
    assert is_in(browser)
    assert browser.post("/compte/deconnexion/").url == "/compte/deconnecte/"

    assert not is_in(browser)
    assert is_in(other)


def test_leaving_everywhere_closes_every_browser_of_this_account(client_of):
    user, stranger = factories.user(), client_of(factories.user())
    browsers = [client_of(user) for _ in range(3)]

    assert browsers[0].get("/compte/deconnexion-partout/").status_code == 405
    assert browsers[0].post("/compte/deconnexion-partout/").url == "/compte/deconnecte/"

    assert [is_in(browser) for browser in browsers] == [False] * 3
    assert is_in(stranger)
    user.refresh_from_db()
    assert is_in(client_of(user))


@pytest.mark.parametrize("path", ["/compte/", *DOOR, *ACCOUNT])
def test_a_page_of_accounts_is_never_kept(client_of, path):
    assert "no-store" in client_of(factories.user()).get(path)["Cache-Control"]
    assert "no-store" in Client().get(path)["Cache-Control"]
