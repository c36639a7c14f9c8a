"""/themes/<slug>/: the challenges of a theme."""

import pytest

from challenges.models import Theme
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def habitat(db):
    return Theme.objects.create(name="habitat", slug="habitat")


def test_its_challenges_by_territory_then_number(read, habitat):
    west, east = factories.territory(name="Ouest"), factories.territory(name="Est")
    for territory, number, title in [(west, 1, "c"), (east, 2, "b"), (east, 1, "a")]:
        factories.challenge(territory=territory, number=number, title=title).themes.add(habitat)
    factories.challenge(title="D’un autre thème")

    page = read("/themes/habitat/")

    assert page.texts("h1") == ["Habitat"]
    assert page.texts("p[@role='status']") == ["3 défis sur ce thème"]
    assert page.texts("article/h2") == ["a", "b", "c"]
    assert page.texts("p[@class='card__over']") == ["Est", "Est", "Ouest"]
    assert ("Croiser ce thème avec d’autres critères", "/defis/?theme=habitat") in page.links


def test_what_is_not_public_is_hidden(read, habitat):
    for fields in [
        {"publication": "draft"},
        {"publication": "submitted"},
        {"publication": "archived"},
        {"territory": factories.territory(publication="draft")},
    ]:
        factories.challenge(title="CONFIDENTIEL", **fields).themes.add(habitat)

    page = read("/themes/habitat/")

    assert "CONFIDENTIEL" not in page.text
    assert "Aucun défi publié ne porte sur ce thème pour l’instant." in page.text


def test_no_challenge_is_singular(read, habitat):
    assert read("/themes/habitat/").texts("p[@role='status']") == ["0 défi sur ce thème"]


def test_the_other_themes_are_those_in_use(read, habitat):
    work = Theme.objects.create(name="emploi", slug="emploi")
    hidden = Theme.objects.create(name="caché", slug="cache")
    Theme.objects.create(name="inutile", slug="inutile")
    factories.challenge().themes.set([habitat, work])
    factories.challenge(publication="draft").themes.add(hidden)

    page = read("/themes/habitat/")

    assert page.texts("section[@aria-labelledby='autres']/ul/li") == ["emploi"]
    assert ("emploi", work.get_absolute_url()) in page.links
