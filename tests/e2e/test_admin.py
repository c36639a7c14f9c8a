"""The administration in a browser: its first page, ours, and a walk through all the others."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from challenges.models import Challenge, Proposal
from editorial.models import Notice, Passage
from tests import factories
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import running_off, violations
from tests.site.test_changelists import ROWS
from tests.site.test_dashboard import log, wait_for_everything

pytestmark = pytest.mark.browser


@pytest.fixture
def transactional_db(emptied):
    """These tests write."""


@pytest.fixture
def staff(transactional_db):
    wait_for_everything()
    user = factories.user(is_staff=True, is_superuser=True, name="Camille Martin")
    for n in range(3):
        log(user, factories.territory(name=f"Pays {n}"), days=n)
    return user


def keep(page, message):
    if message.location["url"]:  # what axe itself does has no address
        page.said.append((page.url, message.text, message.location["url"]))


@pytest.fixture
def opened(browser, live_server, staff):
    """``opened(scheme)``: a page of an administrator; what its console says is in ``said``."""
    contexts = []
    client = SiteClient()
    client.force_login(staff)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]

    def open_in(scheme):
        context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
        contexts.append(context)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: keep(page, message))
        page.on("pageerror", lambda error: page.said.append((page.url, str(error))))
        return page

    yield open_in
    for context in contexts:
        context.close()


def test_the_first_page_and_the_lists(opened):
    for scheme in ["light", "dark"]:
        page = opened(scheme)
        for width in [1280, 1024]:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto("/admin/")
            page.get_by_text("Les mêmes chiffres en tableau").click()
            assert violations(page) == [], (scheme, width)
            assert page.evaluate(
                "document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth"
            ), (scheme, width)
        assert page.said == []

    page.locator(".waiting__item", has_text="sans référent actif").click()
    page.wait_for_url("**/admin/territories/territory/?*referent=sans")


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def own_pages():
    """The pages whose templates are ours, with something on each."""
    challenge = factories.challenge(publication="submitted", need="Un besoin")
    change = factories.proposed_change(challenge=factories.challenge())
    territory = challenge.territory
    return [
        "/admin/journal/?q=territoire",
        "/admin/territories/territory/?q=territoire&publication__exact=published",
        "/admin/territories/territory/?q=introuvable",
        "/admin/challenges/challenge/",
        "/admin/challenges/objective/",
        "/admin/territories/commitment/",
        "/admin/outbox/message/",
        "/admin/accounts/user/",
        f"/admin/territories/territory/acte/archive/?rows={territory.pk}",
        f"/admin/territories/territory/acte/grant/?rows={territory.pk}",
        "/admin/territories/commitment/importer/",
        "/admin/territories/commitment/exporter/",
        address(Challenge, "history", challenge.pk),
        address(Challenge, "decide", challenge.pk),
        address(Proposal, "change", change.proposal_id),
        address(Passage, "changelist"),
        address(Passage, "change", factories.passage("legal_text", "# Réécrit").pk),
        address(Notice, "changelist"),
        address(Notice, "change", factories.notice().pk),
    ]


@pytest.mark.ignore_template_errors
def test_our_pages_for_everybody_on_any_screen(opened):
    pages = own_pages()
    for scheme in ["light", "dark"]:
        page = opened(scheme)
        page.set_viewport_size({"width": 1024, "height": 800})
        for path in pages:
            assert page.goto(path).status == 200, path
            assert violations(page) == [], (path, scheme)
            assert running_off(page) == [], path
        assert page.said == []


@pytest.mark.ignore_template_errors
def test_a_walk_through_every_list_and_form(opened, staff, rf):
    """Nothing is said in the console: the security policy lets all of it work."""
    request = rf.get("/")
    request.user = staff
    page = opened("light")
    for label, made in ROWS.items():
        model = apps.get_model(label)
        row = model._default_manager.last() or made()
        visited = [address(model, "changelist"), address(model, "change", row.pk)]
        if admin.site._registry[model].has_add_permission(request):
            visited.append(address(model, "add"))
        for path in visited:
            assert page.goto(path, wait_until="load").status == 200, path
    assert page.said == []
