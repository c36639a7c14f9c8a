"""/label/axes/<slug>/: what an axis offers, and who acts on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db

ACTING = "section[@aria-labelledby='territoires']/ul/li"


def test_its_official_words_among_the_others(read):
    factories.pillar(2, short_title="Accompagner")
    axis = factories.pillar(1, title="Financer l’innovation", short_title="Financer")

    page = read(axis.get_absolute_url())

    assert page.texts("h1") == ["Financer l’innovation"]
    assert page.texts("p[@class='overline']") == ["Axe 1 sur 2"]
    assert page.texts("nav[@class='other-axes']//a") == ["1. Financer", "2. Accompagner"]
    assert page.texts("a[@aria-current='page']")[-1] == "1. Financer"


def test_its_measures_in_order_with_instruments_and_organisations(read):
    axis = factories.pillar(1)
    factories.measure(pillar=axis, position=2, wording="Un soutien de l’ESS")
    measure = factories.measure(pillar=axis, position=1, wording="Un accès au fonds")
    factories.measure(wording="D’un autre axe")
    owner = factories.organisation(name="La Caisse")
    factories.instrument(
        measure=measure,
        slug="fonds",
        name="fonds d’amorçage",
        nature="fonds",
        purpose="démarrer",
        provider=owner,
        email="guichet@exemple.test",
    )
    factories.instrument(measure=measure, name="le réseau", nature="réseau")
    cited = [factories.organisation(name=name) for name in ["Acteur A", "Acteur B"]]
    measure.organisations.set(cited)

    page = read(axis.get_absolute_url())

    assert page.texts("p[@class='measure__wording']") == [
        "Un accès au fonds",
        "Un soutien de l’ESS",
    ]
    assert page.texts("h3[@class='instrument__name']") == ["Fonds d’amorçage", "Le réseau"]
    assert page.texts("p[@class='instrument__text']") == [
        "Fonds, proposé par La Caisse. Pour démarrer. Guichet unique : guichet@exemple.test.",
        "Réseau.",
    ]
    assert page.texts("p[@class='measure__who']") == ["Acteurs cités : Acteur A, Acteur B"]
    assert page.texts("abbr") == ["ESS"]
    assert {("La Caisse", owner.get_absolute_url())} <= set(page.links)
    assert {(who.name, who.get_absolute_url()) for who in cited} <= set(page.links)
    assert ("guichet@exemple.test", "mailto:guichet@exemple.test") in page.links


def test_the_territories_that_act_on_it(read):
    axis = factories.pillar(1)
    busy, other = factories.territory(name="B", slug="b"), factories.territory(name="A")
    for territory in [busy, busy, other]:
        factories.commitment(territory=territory, pillar=axis)
    factories.commitment(territory=factories.territory(name="C"))

    page = read(axis.get_absolute_url())

    assert page.texts(ACTING) == ["A : 1 engagement", "B : 2 engagements"]
    assert ("B", "/territoires/b/plan/#axe-1") in page.links


def test_only_public_territories_act(read):
    axis = factories.pillar(1)
    embargoed = factories.territory(labelled=False)
    factories.designation(territory=embargoed, granted_on=timezone.localdate() + timedelta(days=1))
    for territory in [
        embargoed,
        factories.territory(publication="draft"),
        factories.territory(publication="archived"),
        factories.territory(labelled=False),
    ]:
        factories.commitment(territory=territory, pillar=axis)

    assert read(axis.get_absolute_url()).texts(ACTING) == []


def test_an_abandoned_commitment_is_no_act(read):
    axis, territory = factories.pillar(1), factories.territory(name="A")
    factories.commitment(territory=territory, pillar=axis, state="abandoned")
    assert read(axis.get_absolute_url()).texts(ACTING) == []

    factories.commitment(territory=territory, pillar=axis, state="suspended")
    assert read(axis.get_absolute_url()).texts(ACTING) == ["A : 1 engagement"]


def test_without_territory_it_says_so(read):
    page = read(factories.pillar(1).get_absolute_url())

    assert "Aucun engagement n’est encore publié sur cet axe." in page.text
