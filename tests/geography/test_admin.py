import json

import pytest
from django.urls import reverse

from geography.models import PostalCode
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def staff(client):
    client.force_login(factories.user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def occitanie():
    return factories.area(level="region", code="76", name="Occitanie")


@pytest.fixture
def figeac(occitanie):
    commune = factories.area(
        level="commune", code="46102", name="Figeac", parents=[occitanie], population=9970
    )
    PostalCode.objects.create(code="46100", area=commune)
    return commune


def listed(response):
    return [str(row) for row in response.context["cl"].result_list]


def suggested(client, term):
    response = client.get(
        reverse("admin:autocomplete"),
        {
            "app_label": "territories",
            "model_name": "territory",
            "field_name": "areas",
            "term": term,
        },
    )
    return [choice["text"] for choice in json.loads(response.content)["results"]]


@pytest.mark.parametrize("sought", ["figea", "46102", "461", "Figeac 46102"])
def test_an_area_is_found_by_name_or_code(staff, figeac, sought):
    response = staff.get(reverse("admin:geography_area_changelist"), {"q": sought})

    assert listed(response) == ["Figeac (46102)"]


def test_areas_are_filtered_by_level(staff, figeac):
    response = staff.get(reverse("admin:geography_area_changelist"), {"level__exact": "region"})

    assert listed(response) == ["Occitanie (76)"]


def test_a_straight_apostrophe_finds_a_typographic_one(staff):
    factories.area(level="commune", code="94038", name="L’Haÿ-les-Roses")

    assert suggested(staff, "L'Haÿ") == ["L’Haÿ-les-Roses (94038)"]


def test_the_exact_name_is_suggested_first(staff):
    for code, name in [("01", "Chazelles-sur-Lyon"), ("02", "Lyons-la-Forêt"), ("03", "Lyon")]:
        factories.area(level="commune", code=code, name=name)

    assert suggested(staff, "lyon") == [
        "Lyon (03)",
        "Lyons-la-Forêt (02)",
        "Chazelles-sur-Lyon (01)",
    ]


def test_an_area_shows_what_holds_it_and_what_it_holds(staff, figeac, occitanie):
    commune = staff.get(reverse("admin:geography_area_change", args=[figeac.pk])).content.decode()
    region = staff.get(reverse("admin:geography_area_change", args=[occitanie.pk])).content.decode()

    assert "46100" in commune
    assert "9\u202f970" in commune
    holder = reverse("admin:geography_area_change", args=[occitanie.pk])
    assert f'<a href="{holder}">Occitanie (76)</a>' in commune
    held = f"?parents__id__exact={occitanie.pk}&amp;level__exact=commune"
    assert f'{held}">commune\u00a0: 1</a>' in region
    response = staff.get(
        reverse("admin:geography_area_changelist"), {"parents__id__exact": occitanie.pk}
    )
    assert listed(response) == ["Figeac (46102)"]


@pytest.mark.parametrize("sought", ["461", "fige", "46102"])
def test_a_postcode_is_found_by_itself_or_by_its_commune(staff, figeac, sought):
    response = staff.get(reverse("admin:geography_postalcode_changelist"), {"q": sought})

    assert listed(response) == ["46100"]
    assert "Figeac (46102)" in response.content.decode()


@pytest.mark.parametrize("model", ["area", "postalcode"])
def test_nobody_edits_official_data_by_hand(staff, figeac, model):
    row = figeac if model == "area" else figeac.postal_codes.get()
    change = reverse(f"admin:geography_{model}_change", args=[row.pk])

    assert staff.get(change).status_code == 200
    assert staff.post(change, {"name": "Autre", "code": "1"}).status_code == 403
    assert staff.get(reverse(f"admin:geography_{model}_add")).status_code == 403
    delete = reverse(f"admin:geography_{model}_delete", args=[row.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    figeac.refresh_from_db()
    assert figeac.name == "Figeac"


@pytest.mark.parametrize("model", ["area", "postalcode"])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_many_queries_however_long(staff, django_assert_num_queries, model, rows):
    for _ in range(rows):
        PostalCode.objects.create(code="46100", area=factories.area(level="commune"))

    # Session, user, second factor, notice of demonstration, count, rows.
    with django_assert_num_queries(6):
        staff.get(reverse(f"admin:geography_{model}_changelist"))
