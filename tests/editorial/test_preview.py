"""What a form would publish, drawn and undone: nobody else sees it, and nothing of it is left."""

import threading

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.urls import reverse

from accounts import roles
from editorial import shown
from search.index import rebuild
from territories.models import Measure, Pillar
from territories.preview import under_preview
from tests import factories
from tests.conftest import SiteClient
from tests.editorial.test_admin import fields as notice_fields

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SAID = "Aperçu\u00a0: rien n’est enregistré."


def change(row):
    page = f"admin:{row._meta.app_label}_{row._meta.model_name}_preview"
    return reverse(page, args=[row.pk])


def new(model):
    return reverse(f"admin:{model.replace('.', '_')}_preview_new")


def inline(prefix, rows=()):
    """The fields of a table of children."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for n, row in enumerate(rows):
        sent |= {f"{prefix}-{n}-{name}": value for name, value in row.items()}
    return sent


def passage():
    row = factories.passage("home_lead", "Avant")
    return change(row), {"text": "APERÇU d’un chapeau"}


def legal():
    row = factories.passage("legal_text")
    return change(row), {"text": "# APERÇU d’un titre"}


def notice():
    return change(factories.notice()), notice_fields(text="APERÇU d’une annonce")


def new_notice():
    later = notice_fields(text="APERÇU pour plus tard", starts_at_0="01/01/2998")
    return new("editorial.notice"), later | {"ends_at_0": "01/01/2999"}


def pillar():
    row = factories.pillar(1)
    words = {"position": 1, "title": "APERÇU d’un intitulé", "short_title": "Court"}
    children = inline("measures", [{"position": 1, "wording": "Une mesure nouvelle"}])
    return change(row), words | children


def new_pillar():
    words = {"position": 2, "title": "APERÇU d’un axe", "short_title": "Court", "slug": "court"}
    return new("territories.pillar"), words | inline("measures")


def measure():
    row = factories.measure()
    return change(row), {"pillar": row.pillar_id, "position": 1, "wording": "APERÇU d’un énoncé"}


def new_measure():
    words = {"pillar": factories.pillar().pk, "position": 1, "wording": "APERÇU d’un énoncé"}
    return new("territories.measure"), words


def instrument():
    row = factories.instrument()
    words = {"name": "APERÇU d’un fonds", "slug": row.slug, "nature": "fonds"}
    return change(row), words | {"measure": row.measure_id}


def new_instrument():
    words = {"name": "APERÇU d’un fonds", "slug": "fonds", "nature": "fonds"}
    return new("territories.instrument"), words | {"measure": factories.measure().pk}


EVERY = [
    *(passage, legal, notice, new_notice, pillar),
    *(new_pillar, measure, new_measure, instrument, new_instrument),
]


def everything():
    """Every row of every table but the sessions, which each page of staff may push back."""
    return {
        model._meta.label: [*model._base_manager.order_by("pk").values()]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "sessions.Session"
    }


@pytest.mark.parametrize("made", EVERY)
def test_the_page_is_shown_and_nothing_is_left(admin_client, client_of, made):
    address, words = made()
    rebuild()
    stranger = SiteClient()
    stranger.get("/")  # which keeps what it read
    kept = cache.get(shown.KEY)
    before = everything()

    response = admin_client.post(address, words)

    assert response.status_code == 200
    assert SAID in response.text
    assert "<title>Aperçu\u00a0: " in response.text
    assert "APERÇU" in response.text
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert not response.cookies
    assert everything() == before
    assert cache.get(shown.KEY) == kept
    assert under_preview.get() is None
    for public in ["/", "/label/", "/mentions-legales/", "/recherche/?q=apercu"]:
        page = stranger.get(public).text
        assert "APERÇU" not in page
        assert SAID not in page


def main_of(response):
    """The page itself, between its head and its foot."""
    return response.text.partition("<main")[2].partition("</main>")[0]


def pages_shown():
    pillars = [pillar.get_absolute_url() for pillar in Pillar.objects.all()]
    return ["/", "/mentions-legales/", *pillars]


def form_of(address):
    """The form that a preview is asked from."""
    return address.replace("apercu/", "" if "/add/" in address else "change/")


@pytest.mark.parametrize("made", [passage, legal, pillar, measure, instrument])
def test_what_was_shown_is_what_is_saved(admin_client, made):
    address, words = made()
    preview = main_of(admin_client.post(address, words))

    saved = admin_client.post(form_of(address), words)

    assert saved.status_code == 302
    cache.clear()
    public = SiteClient()
    assert preview in {main_of(public.get(page)) for page in pages_shown()}


def test_a_preview_shows_no_stale_words(admin_client):
    """Of another passage, changed since the pages read them."""
    address, words = passage()
    SiteClient().get("/")
    factories.passage("home_title", "Un titre tout neuf")

    assert "Un titre tout neuf" in admin_client.post(address, words).text


def test_an_announcement_is_shown_whatever_its_dates_and_the_others(admin_client):
    for n in range(4):
        factories.notice(text=f"Grave {n}", level="alert")
    address, words = new_notice()

    page = admin_client.post(address, words).text

    assert "APERÇU pour plus tard" in page
    assert page.count('class="fr-notice ') == 3


def test_a_new_child_is_shown_too(admin_client):
    address, words = pillar()

    assert "Une mesure nouvelle" in admin_client.post(address, words).text
    assert not Measure.objects.exists()


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        (passage, {"text": "x" * 9999}),
        (notice, {"ends_at_0": "01/01/2020"}),
        (new_notice, {"text": ""}),
        (pillar, {"title": ""}),
        (pillar, inline("measures", [{"position": "zéro", "wording": ""}])),
        (new_measure, {"pillar": "999999"}),
        (instrument, {"email": "personne"}),
    ],
)
def test_what_is_wrong_comes_back_in_its_form(admin_client, made, wrong):
    address, words = made()
    before = everything()

    response = admin_client.post(address, words | wrong)

    assert response.status_code == 200
    assert SAID not in response.text
    assert "Pas d’aperçu" in response.text
    assert response.context["errors"]
    save = form_of(address)
    assert f'action="{save}"' in response.text
    assert everything() == before
    assert "no-store" in response["Cache-Control"]


def test_it_is_asked_by_sending_a_form_alone(admin_client):
    for made in EVERY:
        address, words = made()
        for method in [admin_client.get, admin_client.head, admin_client.put]:
            assert method(address, words).status_code == 405
    assert admin_client.post("/admin/editorial/passage/0/apercu/", {"text": "x"}).status_code == 404
    assert admin_client.post("/admin/editorial/passage/x/apercu/", {"text": "x"}).status_code == 404


def test_it_is_for_those_who_may_save(client_of):
    call_command("roles", verbosity=0)
    made = [each() for each in EVERY]
    before = everything()
    allowed = []
    for name in roles.NAMES:
        staff = factories.user(is_staff=True)
        staff.groups.add(Group.objects.get(name=name))
        browser = client_of(staff)
        answers = {browser.post(address, words).status_code for address, words in made}
        allowed.append((name, answers))

    assert allowed == [
        (roles.ADMINISTRATION, {200}),
        (roles.EDITING, {200}),
        (roles.REVIEW, {403}),
        (roles.OBSERVATION, {403}),
    ]
    stranger = SiteClient()
    assert {stranger.post(address, words).status_code for address, words in made} == {302}
    after = everything()
    for label in ["editorial.Passage", "editorial.Notice", "territories.Pillar"]:
        assert after[label] == before[label]


def test_a_forged_form_is_refused(client_of, admin_user):
    browser = SiteClient(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    address, words = passage()

    assert browser.post(address, words).status_code == 403


def test_the_button_stands_in_the_forms_of_those_who_may_save(admin_client):
    for made in EVERY:
        address, _ = made()
        form = form_of(address)
        page = admin_client.get(form).text
        assert f'formaction="{address}' in page, form
        assert 'formtarget="_blank"' in page
        assert "formaction" not in admin_client.get(form, {"_popup": 1}).text


def test_it_opens_at_the_place_that_changes(admin_client):
    row = factories.passage("home_call")

    page = admin_client.get(reverse("admin:editorial_passage_change", args=[row.pk]))

    assert f'formaction="{change(row)}#appel"' in page.text


class TestBesideOthers:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_another_thread_sees_nothing_of_it(self, admin_client):
        """While the page is being drawn, when all is written and not undone yet."""
        address, words = passage()
        cache.clear()
        seen = []

        def look():
            page = SiteClient().get("/").text
            seen.append(("Avant" in page, "APERÇU" in page, SAID in page))
            connections.close_all()

        def during(execute, sql, params, many, context):
            if under_preview.get() is not None and not seen:
                other = threading.Thread(target=look)
                other.start()
                other.join()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(during):
            preview = admin_client.post(address, words).text

        assert seen == [(True, False, False)]
        assert "APERÇU" in preview
        assert "Avant" in SiteClient().get("/").text
