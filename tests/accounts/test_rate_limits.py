"""Guessing is slow, whatever process answers, and nobody pretends to be elsewhere."""

import pytest
from django.test import Client, RequestFactory

from accounts.client import client_ip
from frenchimpact import settings as site_settings
from outbox.models import Message
from tests import factories
from tests.accounts.door import SIGN_IN, ask

pytestmark = pytest.mark.django_db
TOO_MANY = "Trop d’essais."


@pytest.fixture(params=["memory", "database"])
def shared_cache(request, settings):
    """The limits hold in the cache of the tests, and in the one of the site."""
    if request.param == "database":
        settings.CACHES = site_settings.CACHES


def asked(email, **headers):
    """Ask as a new browser would: no cookie."""
    return Client().post(SIGN_IN, {"email": email}, **headers)


def test_the_site_counts_in_its_database():
    assert site_settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")


@pytest.mark.parametrize("email", ["camille@exemple.test", "inconnu@exemple.test"])
def test_five_codes_in_five_minutes_for_an_address(shared_cache, email):
    factories.user(email="camille@exemple.test")

    for number in range(5):
        assert asked(email, REMOTE_ADDR=f"192.0.2.{number}").status_code == 302
    refused = asked(email.title(), REMOTE_ADDR="192.0.2.77")

    assert refused.status_code == 200
    assert TOO_MANY in refused.text
    assert asked("autre@exemple.test").status_code == 302


def test_ten_codes_a_minute_from_one_address(shared_cache):
    for number in range(10):
        assert asked(f"personne{number}@exemple.test").status_code == 302

    assert TOO_MANY in asked("encore@exemple.test").text
    assert asked("encore@exemple.test", REMOTE_ADDR="192.0.2.1").status_code == 302
    assert Message.objects.count() == 11


def test_a_forged_header_changes_nothing(settings):
    settings.TRUSTED_PROXIES = 1
    for number in range(10):
        forged = f"203.0.113.{number}, 198.51.100.7"
        assert asked(f"p{number}@exemple.test", HTTP_X_FORWARDED_FOR=forged).status_code == 302

    again = asked("encore@exemple.test", HTTP_X_FORWARDED_FOR="203.0.113.99, 198.51.100.7")
    assert TOO_MANY in again.text
    other = asked("encore@exemple.test", HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.8")
    assert other.status_code == 302


def test_the_limit_is_not_per_browser():
    browser = Client()
    for _ in range(5):
        ask(Client(), "camille@exemple.test")

    assert TOO_MANY in ask(browser, "camille@exemple.test").text


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, None, "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
        (1, "203.0.113.9, pas une adresse", "192.0.2.1"),
        (1, "10.0.0.1, 2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_address_of_a_client(settings, proxies, header, expected):
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": header} if header else {}

    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")

    assert client_ip(request) == expected


def test_a_client_without_address_is_still_one():
    assert client_ip(RequestFactory().get("/", REMOTE_ADDR="")) == "inconnue"
