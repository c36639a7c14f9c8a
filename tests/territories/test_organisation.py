"""/acteurs/<slug>/: where an organisation appears."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from territories.models import CollectiveMember, Demonstration
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def asso(db):
    return factories.organisation(name="Une asso", slug="asso")


def items(page, section):
    return page.texts(f"section[@aria-labelledby='{section}']/ul/li")


def test_who_it_is(read):
    owner = factories.organisation(
        name="La Caisse", category="mutual", description="Une mutuelle", website="https://a.test/"
    )

    page = read(owner.get_absolute_url())

    assert page.texts("h1") == ["La Caisse"]
    assert page.texts("p[@class='overline']") == ["Mutuelle"]
    assert page.texts("p[@class='fr-text--lead']") == ["Une mutuelle."]
    assert ("https://a.test/", "https://a.test/") in page.links


def test_a_fictional_one_is_marked(read):
    owner = factories.organisation(demonstration=Demonstration.objects.create())

    page = read(owner.get_absolute_url())
    assert page.texts("p[@class='overline']") == ["Association · acteur fictif"]


def test_everything_it_takes_part_in(read, asso):
    territory = factories.territory(name="Grasse")
    factories.challenge(territory=territory, carrier=asso, title="Porté")
    factories.challenge(
        territory=territory, title="Reconnu", recognised_by=asso, recognition="Lauréat"
    )
    CollectiveMember.objects.create(
        territory=territory, organisation=asso, role="lead", note="Selon l’appel"
    )
    axis = factories.pillar(1, slug="financer", short_title="Financer")
    measure = factories.measure(pillar=axis, wording="Un accès au fonds")
    measure.organisations.add(asso)
    factories.instrument(
        measure=measure, name="Le fonds", slug="fonds", nature="fonds", provider=asso
    )

    page = read("/acteurs/asso/")

    assert items(page, "defis") == ["Porté, Grasse"]
    assert items(page, "reconnus") == ["Reconnu : Lauréat"]
    assert items(page, "collectifs") == ["Grasse, chef de file Selon l’appel"]
    assert items(page, "dispositifs") == ["Le fonds (fonds), axe 1 : Financer"]
    assert items(page, "mesures") == ["Axe 1 : Financer« Un accès au fonds »"]
    assert ("Le fonds", "/label/axes/financer/#fonds") in page.links


def test_what_is_not_published_is_hidden(read, asso):
    territory, draft = factories.territory(), factories.territory(publication="draft")
    for publication in ["draft", "submitted", "archived"]:
        shared = {"territory": territory, "title": "CONFIDENTIEL", "publication": publication}
        factories.challenge(**shared, carrier=asso)
        factories.challenge(**shared, recognised_by=asso)
    factories.challenge(territory=draft, carrier=asso, title="CONFIDENTIEL")
    CollectiveMember.objects.create(territory=draft, organisation=asso)

    page = read("/acteurs/asso/")

    assert "CONFIDENTIEL" not in page.text
    assert page.texts("section") == []
    assert "Cet acteur n’apparaît, pour l’instant," in page.text


def test_a_label_granted_tomorrow_is_not_known_today(read, asso):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    factories.challenge(territory=territory, carrier=asso)
    factories.challenge(territory=territory, recognised_by=asso)
    CollectiveMember.objects.create(territory=territory, organisation=asso)

    assert read("/acteurs/asso/").texts("section") == []


def test_past_and_future_memberships_are_hidden(read, asso):
    CollectiveMember.objects.create(
        territory=factories.territory(), organisation=asso, until=date(2020, 1, 1)
    )
    CollectiveMember.objects.create(
        territory=factories.territory(), organisation=asso, since=date(2999, 1, 1)
    )

    assert read("/acteurs/asso/").texts("section") == []


def test_its_challenges_by_territory_then_number(read, asso):
    west, east = factories.territory(name="Ouest"), factories.territory(name="Est")
    for territory, number, title in [(west, 1, "c"), (east, 2, "b"), (east, 1, "a")]:
        factories.challenge(territory=territory, number=number, title=title, carrier=asso)

    assert items(read("/acteurs/asso/"), "defis") == ["a, Est", "b, Est", "c, Ouest"]
