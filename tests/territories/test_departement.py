"""/territoires/<slug>/communes/<code>/: the communes of one département of a wide territory."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def departement(region, code, name, *communes):
    created = factories.area(level="departement", code=code, name=name, parents=[region])
    for n, commune in enumerate(communes):
        factories.area(
            level="commune", code=f"{code}{n:03}", name=commune, parents=[region, created]
        )


@pytest.fixture
def brittany(db):
    region = factories.area(level="region", code="53", name="Bretagne")
    departement(region, "22", "Côtes-d’Armor", "Plélo", "Évran", "Dinan")
    departement(region, "35", "Ille-et-Vilaine", "Rennes")
    return factories.territory(name="Région Bretagne", slug="bretagne", areas=[region])


def test_it_lists_the_communes_of_the_departement_by_name(read, brittany):
    page = read("/territoires/bretagne/communes/22/")

    assert page.texts("h1") == ["Les communes : Côtes-d’Armor"]
    listed = page.texts("ul[@class='communes__list communes__list--wide']/li")
    assert listed == ["Dinan", "Évran", "Plélo"]
    assert ("Évran", "/ma-commune/22001/") in page.links
    assert ("Région Bretagne", "/territoires/bretagne/") in page.links


def test_one_commune_is_said_in_the_singular(read, brittany):
    page = read("/territoires/bretagne/communes/35/")

    lead = page.texts("p[@class='fr-text--lead']")[0]
    assert lead.startswith("1 commune de Région Bretagne est dans ce département.")


def test_an_indicative_perimeter_is_said(read, brittany):
    brittany.areas_certainty = "interpretation"
    brittany.areas_note = "Le document ne le dit pas."
    brittany.save()

    page = read("/territoires/bretagne/communes/35/")

    assert "Périmètre indicatif. Le document ne le dit pas." in page.texts("p")


def test_a_departement_elsewhere_is_missing(client, brittany):
    departement(factories.area(level="region", code="93"), "06", "Alpes-Maritimes", "Grasse")

    assert client.get("/territoires/bretagne/communes/06/").status_code == 404
    assert client.get("/territoires/bretagne/communes/53/").status_code == 404


def test_queries_do_not_grow_with_communes(client, brittany, queries):
    client.get("/territoires/bretagne/communes/22/")
    with queries() as few:
        client.get("/territoires/bretagne/communes/35/")
    with queries() as more:
        client.get("/territoires/bretagne/communes/22/")

    assert len(more) == len(few) <= 3
