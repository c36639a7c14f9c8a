import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from challenges.models import Theme
from territories.models import Coordinator, Organisation
from tests import factories, pages

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
JOURNAL = "/admin/journal/"


def renamed(name, by):
    """An organisation renamed by somebody, for a reason."""
    row = factories.organisation(name=f"{name} avant")
    row.name = name
    row._history_user = by
    row._change_reason = f"Motif de {name}"
    row.save()
    return row


def test_it_says_who_what_and_why_with_a_link(admin_client):
    camille = factories.user(name="Camille Martin", is_staff=True)
    row = renamed("Les Ateliers", camille)

    text = admin_client.get(JOURNAL).text

    assert "Camille Martin</td>" in text
    assert "Modification (organisation)" in text or "Modification (acteur)" in text
    assert f'href="/admin/territories/organisation/{row.pk}/change/">Les Ateliers<' in text
    assert "Motif de Les Ateliers" in text


def test_filters_by_person_model_period_and_text(admin_client):
    camille, alix = [factories.user(is_staff=True, name=name) for name in ["Camille", "Alix"]]
    renamed("Les Ateliers", camille)
    renamed("La Fabrique", alix)

    def shown(**query):
        text = admin_client.get(JOURNAL, query).text
        return [name for name in ["Les Ateliers<", "La Fabrique<"] if name in text]

    assert shown() == ["Les Ateliers<", "La Fabrique<"]
    assert shown(par=alix.pk) == ["La Fabrique<"]
    assert shown(q="ateliers") == ["Les Ateliers<"]
    assert shown(q="ATÉLIERS les") == ["Les Ateliers<"]
    assert shown(q="de l'atelier") == []
    assert shown(objet="territories.organisation", q="motif de la") == ["La Fabrique<"]
    assert shown(objet="territories.territory") == []
    assert shown(au="2000-01-01") == []
    assert shown(du="2000-01-01") == ["Les Ateliers<", "La Fabrique<"]
    assert shown(du="hier") == []


def test_what_has_no_history_is_told_by_the_log_once(admin_client):
    admin_client.post("/admin/challenges/theme/add/", {"name": "Habitat", "slug": "habitat"})
    admin_client.post("/admin/territories/wave/add/", {"number": 8})

    assert Theme.objects.filter(name="Habitat").exists()
    admin_client.get(JOURNAL)  # shows the messages of both
    assert admin_client.get(JOURNAL, {"objet": "log"}).text.count(">Habitat<") == 1
    assert admin_client.get(JOURNAL).text.count("Ajout (vague)") == 1


def test_an_account_without_a_name_is_its_address(admin_client):
    renamed("Les Ateliers", User.objects.create_user("sans-nom@exemple.test"))

    assert "sans-nom@exemple.test" in admin_client.get(JOURNAL).text


def test_as_many_queries_for_a_whole_site_as_for_a_row(admin_client):
    def count(limit=12):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(JOURNAL).status_code == 200
        assert len(captured) <= limit
        return len(captured)

    renamed("Les Ateliers", factories.user())
    count(limit=50)  # content types are kept in memory from the first page on
    one = count()
    pages.build_site()
    renamed("La Fabrique", factories.user())
    history = Organisation.history.model
    first = history.objects.first()
    rows = []
    for _ in range(2500):
        first.history_id = None
        rows.append(history(**{f.attname: getattr(first, f.attname) for f in history._meta.fields}))
    history.objects.bulk_create(rows)

    assert count() == one


def test_a_page_past_the_last_is_the_last(admin_client):
    renamed("Les Ateliers", factories.user())

    assert "Les Ateliers" in admin_client.get(JOURNAL, {"page": 999}).text
    assert admin_client.post(JOURNAL).status_code == 405


def test_a_row_without_words_of_its_own_is_told_by_what_it_joins(admin_client):
    designation = factories.designation()
    coordinator = factories.coordinator()
    gone = factories.coordinator()
    Coordinator.objects.filter(pk=gone.pk).delete()

    page = admin_client.get(JOURNAL).text

    assert f">{designation}<" in page
    assert f">{coordinator}<" in page.replace("&lt;", "<")
    assert f"n°\u00a0{gone.pk}" in page
