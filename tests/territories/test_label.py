"""/label/: the call, its criteria, its waves and the six axes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from territories.glossary import MEANINGS
from territories.models import Criterion
from tests import factories

pytestmark = pytest.mark.django_db


def waves(page):
    """What is said of each wave, in their order."""
    return page.texts("section[@aria-labelledby='vagues']/ol/li")


def criterion(position, **fields):
    return Criterion.objects.create(
        **{
            "position": position,
            "wording": f"Critère {position}",
            "source": "L’appel",
            "source_url": "https://exemple.test/appel",
        }
        | fields
    )


def test_the_waves_with_their_territories(read):
    factories.wave(
        2,
        description="La suite.",
        announced_on=date(2019, 2, 25),
        announcement_source="Un communiqué",
        announcement_url="https://exemple.test/annonce",
    )
    factories.wave(1, description="Le début.")
    for _ in range(2):
        factories.designation(wave=factories.wave(2))

    page = read("/label/")

    assert waves(page) == [
        "1re vague Le début. Aucun territoire n’est encore enregistré pour cette vague "
        "sur ce portail.",
        "2e vague La suite. Annoncée le 25 février 2019 (source : Un communiqué). 2 territoires",
    ]
    assert ("Un communiqué", "https://exemple.test/annonce") in page.links


def test_unpublished_territories_are_not_counted(read):
    factories.territory()
    factories.territory(publication="draft")
    factories.territory(publication="archived")

    assert waves(read("/label/")) == ["1re vague 1 territoire"]


def test_a_label_granted_tomorrow_is_not_counted_today(read):
    factories.territory()
    factories.designation(granted_on=timezone.localdate() + timedelta(days=1))

    assert waves(read("/label/")) == ["1re vague 1 territoire"]


def test_a_territory_labelled_again_in_a_wave_counts_once(read):
    territory = factories.territory()
    factories.designation(territory=territory, state="withdrawn", reason="x")

    assert waves(read("/label/")) == ["1re vague 1 territoire"]


def test_the_criteria_with_their_sources(read):
    criterion(2)
    criterion(1)
    criterion(3, source="Un guide", source_url="https://exemple.test/guide")

    page = read("/label/")

    assert page.texts("ol[@class='criteria']/li") == ["Critère 1", "Critère 2", "Critère 3"]
    assert page.texts("p[@class='source']/a") == ["L’appel", "Un guide"]
    assert ("Un guide", "https://exemple.test/guide") in page.links


def test_without_criteria_no_heading_nor_source(read):
    page = read("/label/")

    assert "Les critères" not in page.texts("h3")
    assert page.texts("p[@class='source']") == []


def test_the_axes_with_their_measures(read):
    second = factories.pillar(2, title="Le second")
    first = factories.pillar(1, title="Le premier")
    factories.measure(pillar=first, position=2, wording="Des outils")
    factories.measure(pillar=first, position=1, wording="Un accès au FISO")

    page = read("/label/")

    assert page.texts("li[@class='axes__item']/h3") == ["1 Le premier", "2 Le second"]
    assert page.texts("li[@class='axes__item']/ul/li") == ["Un accès au FISO", "Des outils"]
    assert page.texts("li[@class='axes__item']//abbr") == ["FISO"]
    assert ("Le second", second.get_absolute_url()) in page.links


def test_every_abbreviation_has_its_meaning(read):
    page = read("/label/")

    assert page.texts("dl/dt") == [*MEANINGS]
    assert page.texts("dl/dd")[0] == "Appel à manifestation d’intérêt"
