"""ProConnect in a real browser, whose ``form-action`` also follows redirections."""

import pytest

from tests import factories
from tests.accounts.provider import CLIENT, EMAIL, SECRET, Provider
from tests.e2e.test_sign_in import checked

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def provider(live_server, settings):
    """A provider on another site, which ends its sessions at yet another, as ProConnect does."""
    started, identity_provider = Provider(), Provider()
    started.sends_back_to = identity_provider.origin
    settings.SITE_URL = live_server.url.replace("127.0.0.1", "localhost")
    settings.PROCONNECT = {"url": started.url, "client_id": CLIENT, "client_secret": SECRET}
    yield started
    started.stop()
    identity_provider.stop()


@pytest.fixture
def page(browser, provider, settings):
    context = browser.new_context(base_url=settings.SITE_URL)
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    # Chromium says the statuses of our two pages of refusal, and that the provider has no icon.
    assert [words for words in said if "403 (Forbidden)" not in words and "404" not in words] == []


def test_an_agent_comes_in_and_leaves_both(page, provider, settings):
    factories.user(email=EMAIL)
    page.goto("/compte/connexion/")
    checked(page)

    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    page.wait_for_url(f"{provider.url}/**")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(f"{settings.SITE_URL}/**")
    page.goto("/compte/")
    page.get_by_role("heading", name="Mon compte", level=1).wait_for()

    page.get_by_role("button", name="Me déconnecter", exact=True).click()
    page.wait_for_url(f"{settings.SITE_URL}/compte/deconnecte/?state=*")
    page.get_by_role("heading", name="Vous êtes déconnecté").wait_for()
    assert provider.times_asked("/session/end") == 1


def test_one_without_an_account_reads_what_to_do(page, provider):
    page.goto("/compte/connexion/")
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    page.get_by_role("button", name="Continuer").click()

    page.get_by_role("heading", name="Aucun compte à cette adresse", level=1).wait_for()
    checked(page)
    page.get_by_role("link", name="Recevez-y un code").click()
    page.get_by_role("button", name="Recevoir un code").wait_for()


def test_a_provider_that_is_down_leads_to_the_code(page, provider):
    provider.answers = {"/.well-known/openid-configuration": (500, "text/html", b"")}
    page.goto("/compte/connexion/")
    page.get_by_role("button", name="S’identifier avec ProConnect").click()

    page.get_by_role("heading", name="ProConnect n’a pas abouti", level=1).wait_for()
    checked(page)
    page.get_by_role("link", name="Recevoir un code par courriel").click()
    page.get_by_role("button", name="Recevoir un code").wait_for()
