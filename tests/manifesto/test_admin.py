import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from manifesto.models import Manifesto
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LIST = "/admin/manifesto/manifesto/"


def data(*statements, **fields):
    """What the form sends, with these statements."""
    sent = {"number": 2, "statements-TOTAL_FORMS": len(statements), "statements-INITIAL_FORMS": 0}
    for number, statement in enumerate(statements):
        sent |= {f"statements-{number}-{name}": value for name, value in statement.items()}
    return sent | fields


def test_the_list_asks_as_many_queries_for_twenty_rows_as_for_one(admin_client):
    def count():
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(LIST).status_code == 200
        return len(queries)

    factories.manifesto()
    count()  # content types are kept in memory from the first page on
    one = count()
    for number in range(2, 22):
        factories.manifesto(number=number, in_force=False)

    assert count() == one


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_the_pages_of_a_manifesto(admin_client, page):
    manifesto = factories.manifesto()

    assert admin_client.get(f"{LIST}{manifesto.pk}/{page}/").status_code == 200


def test_a_manifesto_is_added_with_its_statements(admin_client):
    assert admin_client.get(f"{LIST}add/").status_code == 200
    statements = [
        {"position": 1, "headline": "Nous sommes.", "paragraph": ""},
        {"position": 2, "headline": "Nous agissons.", "paragraph": "Ensemble."},
    ]

    response = admin_client.post(f"{LIST}add/", data(*statements))

    assert response.status_code == 302
    added = Manifesto.objects.get().statements.values_list("headline", flat=True)
    assert list(added) == ["Nous sommes.", "Nous agissons."]


def test_two_statements_of_one_rank_are_refused_with_words(admin_client):
    statement = {"position": 1, "headline": "Nous sommes.", "paragraph": ""}

    response = admin_client.post(f"{LIST}add/", data(statement, statement))

    assert response.status_code == 200
    assert "Une autre ligne porte déjà ce rang." in response.text
    assert not Manifesto.objects.exists()


def test_two_manifestos_in_force_are_refused_with_words(admin_client):
    factories.manifesto(number=1)

    response = admin_client.post(f"{LIST}add/", data(in_force="on"))

    assert response.status_code == 200
    assert "Une autre version du manifeste est déjà en vigueur." in response.text


def test_a_coordinator_is_sent_to_the_sign_in_page(client):
    client.force_login(factories.user())

    response = client.get(LIST)

    assert response.status_code == 302
    assert response.url == f"/admin/login/?next={LIST}"


def test_staff_without_the_right_are_refused(client):
    client.force_login(factories.user(is_staff=True))

    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize("path", ["?q=%00", "?page=zzz", "?o=zzz", "zzz/change/", "zzz/history/"])
def test_no_address_breaks_the_admin(admin_client, path):
    admin_client.raise_request_exception = False

    assert admin_client.get(f"{LIST}{path}").status_code < 500
