"""The administration in a browser: its first page, and a walk through its lists."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.urls import reverse

from tests import factories
from tests.conftest import SiteClient
from tests.e2e.test_accessibility import violations
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
        page.on("console", lambda message: page.said.append((page.url, message.text)))
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
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        assert page.goto(reverse(name)).status == 200, name
    assert page.said == []
