"""/territoires/<slug>/plan/: what each side owes, axis by axis."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db


def plan_of(territory):
    return reverse("territories:plan", args=[territory.slug])


def test_its_commitments_by_axis_and_by_date(read):
    territory = factories.territory(name="Pays de Grasse")
    second, first = factories.pillar(2, title="Le second"), factories.pillar(1, title="Le premier")
    shared = {"territory": territory, "pillar": first}
    factories.commitment(**shared, title="Plus tard", due_on=date(2999, 1, 2))
    factories.commitment(**shared, title="D’abord", due_on=date(2999, 1, 1))
    factories.commitment(territory=territory, pillar=second, title="Ailleurs")
    factories.commitment(pillar=first, title="D’un autre territoire")

    page = read(plan_of(territory))

    assert page.texts("h1") == ["Le plan d’accompagnement de Pays de Grasse"]
    assert page.texts("h2") == ["1 Le premier", "2 Le second"]
    assert page.texts("article/h3") == ["D’abord", "Plus tard", "Ailleurs"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "À lancer"),
        ({"state": "ongoing"}, "En cours"),
        ({"due_on": date(2999, 1, 2)}, "À lancer Échéance : 2 janvier 2999"),
        ({"due_on": date(2020, 6, 30)}, "En retard : attendu le 30 juin 2020"),
        ({"state": "done", "done_on": date(2020, 3, 2)}, "Fait le 2 mars 2020"),
        ({"state": "suspended", "due_on": date(2020, 6, 30)}, "Suspendu Échéance : 30 juin 2020"),
        ({"state": "abandoned"}, "Abandonné"),
    ],
)
def test_where_a_commitment_stands(read, fields, words):
    commitment = factories.commitment(**fields)

    page = read(plan_of(commitment.territory))
    assert page.texts("p[@class='commitment__state']") == [words]


def test_a_commitment_is_late_the_day_after(read):
    today = timezone.localdate()
    territory = factories.territory()
    for days in [-1, 0]:
        factories.commitment(territory=territory, due_on=today + timedelta(days=days))

    states = read(plan_of(territory)).texts("p[@class='commitment__state']")
    assert [state.startswith("En retard") for state in states] == [True, False]


def test_who_owes_what_and_what_stops_it(read):
    territory = factories.territory()
    for side in ["state", "territory", "joint"]:
        factories.commitment(territory=territory, side=side)
    factories.commitment(
        territory=territory,
        side="state",
        instrument=factories.instrument(name="Le fonds"),
        blocked_by="Un décret",
        unblocked_by="Sa signature",
    )

    page = read(plan_of(territory))

    assert Counter(page.texts("p[@class='commitment__side']")) == {
        "L’État": 2,
        "Le territoire": 1,
        "L’État et le territoire": 1,
    }
    assert page.texts("p[@class='commitment__note']") == [
        "Ce qui bloque : Un décret",
        "Ce qui débloquerait : Sa signature",
        "Dispositif : Le fonds",
    ]


def test_a_joint_commitment_counts_on_both_sides(read):
    territory, axis = factories.territory(), factories.pillar(1, short_title="Financer")
    shared = {"territory": territory, "pillar": axis}
    factories.commitment(**shared, side="joint", state="done", done_on=date(2020, 1, 1))
    factories.commitment(**shared, side="state", state="abandoned")
    factories.commitment(**shared, side="state", state="suspended")
    factories.commitment(**shared, side="territory", state="done", done_on=date(2020, 1, 1))
    factories.pillar(2, short_title="Accompagner")

    page = read(plan_of(territory))

    assert page.texts("tbody/tr/td") == [
        "1 fait2 à l’arrêt",
        "2 faits",
        "Aucun engagement publié",
        "Aucun engagement publié",
    ]


def test_an_axis_without_commitment_says_so_and_what_it_offers(read):
    axis = factories.pillar(1)
    measure = factories.measure(pillar=axis, wording="Un accès au fonds")
    owner = factories.organisation(name="La Caisse")
    factories.instrument(measure=measure, name="FISO", provider=owner)
    factories.instrument(measure=measure, name="Le réseau")

    page = read(plan_of(factories.territory()))

    assert "Aucun engagement n’est publié pour cet axe." in page.texts("p")
    assert page.texts("ul[@class='offer']/li") == [
        "Un accès au fonds Dispositifs : FISO (La Caisse), Le réseau"
    ]
    assert ("L’axe 1 en détail", axis.get_absolute_url()) in page.links


def test_the_challenges_that_a_commitment_supports(read):
    commitment = factories.commitment()
    shown = factories.challenge(territory=commitment.territory, title="Habiter ensemble")
    shown.commitments.add(commitment)
    for publication in ["draft", "submitted", "archived"]:
        hidden = factories.challenge(
            territory=commitment.territory, title="CONFIDENTIEL", publication=publication
        )
        hidden.commitments.add(commitment)

    page = read(plan_of(commitment.territory))

    assert page.texts("p[@class='commitment__note']") == ["Soutient le défi Habiter ensemble"]
    assert ("Habiter ensemble", shown.get_absolute_url()) in page.links
    assert "CONFIDENTIEL" not in page.text


def test_a_challenge_of_an_unpublished_territory_is_not_named(read):
    commitment = factories.commitment()
    elsewhere = factories.territory(publication="draft")
    factories.challenge(territory=elsewhere, title="CONFIDENTIEL").commitments.add(commitment)

    assert "CONFIDENTIEL" not in read(plan_of(commitment.territory)).text


def test_a_fictional_commitment_is_marked(read):
    territory = factories.territory()
    factories.commitment(territory=territory, demonstration=Demonstration.objects.create())
    factories.commitment(territory=territory)

    assert sorted(read(plan_of(territory)).texts("p[@class='commitment__side']")) == [
        "L’État",
        "L’État · engagement fictif",
    ]


def test_the_plan_of_a_label_granted_tomorrow_is_not_known_today(client):
    territory = factories.territory(labelled=False)
    tomorrow = timezone.localdate() + timedelta(days=1)
    factories.designation(territory=territory, granted_on=tomorrow)

    assert client.get(plan_of(territory)).status_code == 404


def test_the_plan_of_a_withdrawn_label_stays_readable(client):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, state="withdrawn", reason="x")

    assert client.get(plan_of(territory)).status_code == 200
