"""The door in a real browser: by keyboard, without JavaScript, and with nothing axe finds."""

import pytest

from outbox.models import Message
from tests import factories
from tests.accounts.door import code_sent, totp
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def open_door(browser, live_server, transactional_db):
    """``open_door(**options)``: a page on the sign-in form, whose console stays silent."""
    contexts, said = [], []

    def opened(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/compte/connexion/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def checked(page):
    """No fault, wide or narrow, and nothing runs off."""
    if page.evaluate("typeof window.dsfr !== 'undefined'"):
        for width in [1280, 360]:
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], (page.url, width)
            assert page.evaluate(
                "document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
            ), (page.url, width)


def give(page, field, value, button):
    page.get_by_label(field).fill(value)
    page.get_by_role("button", name=button).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_coordinator_comes_in_and_leaves(open_door, script):
    user = factories.user(email="camille@exemple.test")
    page = open_door(java_script_enabled=script)

    give(page, "Adresse électronique", "camille", "Recevoir un code")
    page.get_by_role("alert").wait_for()
    give(page, "Adresse électronique", user.email, "Recevoir un code")
    assert page.get_by_label("Code reçu").get_attribute("autocomplete") == "one-time-code"
    give(page, "Code reçu", "12", "Me connecter")
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.name") == "code"
    page.keyboard.press("Control+A")
    page.keyboard.type(code_sent())
    page.keyboard.press("Enter")

    page.get_by_role("heading", name="Bonjour", level=1).wait_for()
    page.get_by_role("link", name="Mon compte").click()
    page.get_by_role("heading", name="Mon compte").wait_for()
    [cookie] = [c for c in page.context.cookies() if c["name"] == "session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.get_by_role("button", name="Me déconnecter", exact=True).click()
    page.get_by_role("heading", name="Vous êtes déconnecté").wait_for()
    page.goto("/compte/")
    assert page.url.endswith("/compte/connexion/?next=/compte/")


def test_staff_set_up_their_second_factor_then_give_it(open_door):
    user = factories.user(email="equipe@exemple.test", is_staff=True, is_superuser=True)
    page = open_door()

    page.goto("/admin/")
    checked(page)
    give(page, "Adresse électronique", user.email, "Recevoir un code")
    checked(page)
    give(page, "Code reçu", code_sent(), "Me connecter")
    page.get_by_role("heading", name="Installer le second facteur").wait_for()
    checked(page)
    give(page, "Code affiché", "12", "Activer")
    checked(page)
    key = page.locator(".second-factor__key").inner_text()
    give(page, "Code affiché", totp(key), "Activer")

    page.get_by_text("Le second facteur est installé.").wait_for()
    checked(page)
    recovery = page.locator(".recovery-codes code").first.inner_text()
    page.get_by_role("link", name="J’ai gardé mes codes").click()
    checked(page)
    page.get_by_role("link", name="Aller à l’administration").click()
    assert page.url.endswith("/admin/")
    assert Message.objects.latest("pk").subject == "Second facteur installé"

    page.goto("/compte/codes-de-secours/renouveler/")
    checked(page)
    page.goto("/compte/second-facteur/changer/")
    checked(page)
    page.goto("/compte/deconnexion/")
    checked(page)
    page.get_by_role("button", name="Me déconnecter").click()
    checked(page)
    page.goto("/compte/ouvrir/")
    checked(page)
    page.goto("/admin/outbox/")
    give(page, "Adresse électronique", user.email, "Recevoir un code")
    give(page, "Code reçu", code_sent(), "Me connecter")
    checked(page)
    give(page, "Code de votre application", recovery, "Me connecter")
    assert page.url.endswith("/admin/outbox/")
    page.goto("/compte/second-facteur/confirmer/?next=/compte/")
    checked(page)
