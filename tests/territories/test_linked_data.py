"""schema.org data of a territory: it parses, and closes no tag."""

import json
from datetime import date

import pytest

from territories.linked_data import as_script, of_territory
from territories.models import Territory
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script>&amp;<!--"


def read_back(territory):
    return json.loads(of_territory(Territory.objects.with_label().get(pk=territory.pk)))


def test_a_territory_in_force():
    area = factories.area(level="region", place="Bretagne")
    territory = factories.territory(name="Rennes", slug="rennes", areas=[area])

    assert read_back(territory) == {
        "@context": "https://schema.org",
        "@type": "AdministrativeArea",
        "name": "Rennes",
        "url": "http://testserver/territoires/rennes/",
        "award": "Label Territoire French Impact",
        "containedInPlace": {"@type": "AdministrativeArea", "name": "Bretagne"},
    }


@pytest.mark.parametrize(
    "label",
    [
        {"state": "withdrawn", "reason": "x"},
        {"state": "suspended", "reason": "x"},
        {"expires_on": date(2020, 1, 1)},
        {"granted_on": date(2999, 1, 1)},
    ],
)
def test_no_award_without_a_label_in_force(label):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, **label)

    assert "award" not in read_back(territory)


def test_no_place_without_perimeter():
    assert "containedInPlace" not in read_back(factories.territory())


def test_no_text_closes_the_script():
    script = as_script({"name": HOSTILE})

    assert not set(script) & set("<>&")
    assert json.loads(script)["name"] == HOSTILE


def test_the_page_holds_it_whole(read):
    territory = factories.territory(name=HOSTILE)

    scripts = read(territory.get_absolute_url()).tree.iter("script")
    [linked] = [script for script in scripts if script.get("type") == "application/ld+json"]
    assert json.loads(linked.text)["name"] == HOSTILE
