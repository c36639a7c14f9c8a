"""/defis/<slug>/: one challenge, its objectives and reports, and what is near it."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from challenges.models import Audience, Milestone, Theme
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db


def facts(page):
    """What « En bref » says, by name."""
    return dict(zip(page.texts("dl/dt"), page.texts("dl/dd"), strict=True))


# What it is.


def test_it_says_who_carries_what_where(read):
    challenge = factories.challenge(
        title="Habiter ensemble en ESS",
        number=3,
        territory=factories.territory(name="Grasse"),
        carrier=factories.organisation(name="Juralliance"),
        nature="social",
        stage="deployment",
        legal_form="SCIC",
        website="https://exemple.test/suivi",
        source_note="Selon l’appel",
        need="Vieillir chez soi.",
        answer="Une maison.\n\nUn fonds.",
        plain_summary="C’est une maison.",
    )

    page = read(challenge.get_absolute_url())

    assert page.texts("h1") == ["Habiter ensemble en ESS"]
    assert page.texts("h1/abbr") == ["ESS"]
    assert page.texts("p[@class='fr-text--lead fr-mb-4w']") == [
        "Défi 3 de Grasse, porté par Juralliance."
    ]
    assert page.texts("section[@aria-labelledby='besoin']/p") == ["Vieillir chez soi."]
    assert page.texts("section[@aria-labelledby='reponse']/p") == ["Une maison.", "Un fonds."]
    assert page.texts("section[@aria-labelledby='falc']/p") == ["C’est une maison."]
    assert facts(page) == {
        "Porteur": "Juralliance",
        "Forme juridique": "SCIC",
        "Nature": "Défi social",
        "Suivi par le porteur": "https://exemple.test/suivi",
        "Source": "Selon l’appel",
    }
    assert "déploiement" in page.texts("div[@class='card__badges']/p")
    assert ("Grasse", challenge.territory.get_absolute_url()) in page.links
    assert ("Juralliance", challenge.carrier.get_absolute_url()) in page.links


def test_its_themes_and_audiences(read):
    challenge = factories.challenge(themes_open=True)
    for name in ["habitat", "emploi"]:
        challenge.themes.add(Theme.objects.create(name=name, slug=name))
    challenge.audiences.add(Audience.objects.create(name="Jeunes", slug="jeunes"))
    Theme.objects.create(name="d’un autre", slug="autre")

    page = read(challenge.get_absolute_url())

    tags = "dd/ul[@class='fr-tags-group']/li"
    assert page.texts("dl/dt")[:2] == ["Pour qui", "Thèmes"]
    assert page.texts(tags) == ["Jeunes", "emploi", "habitat", "…"]
    assert ("habitat", "/themes/habitat/") in page.links
    assert ("Jeunes", "/defis/?public=jeunes") in page.links


def test_who_recognised_it(read):
    challenge = factories.challenge(
        recognition="Lauréat de", recognised_by=factories.organisation(name="La Caisse")
    )

    assert facts(read(challenge.get_absolute_url()))["Reconnaissance"] == "Lauréat de La Caisse"


def test_texts_are_escaped(client):
    challenge = factories.challenge(
        title="<i>Titre</i> ESS", need="<script>alert(1)</script>", answer="a & b"
    )

    html = client.get(challenge.get_absolute_url()).content.decode()
    assert "<i>Titre" not in html
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in html
    assert "<p>a &amp; b</p>" in html


def test_a_fictional_one_is_marked(read):
    batch = Demonstration.objects.create()
    challenge = factories.challenge(demonstration=batch)
    factories.report(challenge=challenge, demonstration=batch)
    factories.reading(objective=factories.objective(challenge=challenge), demonstration=batch)

    page = read(challenge.get_absolute_url())

    assert "Défi fictif" in page.texts("div[@class='card__badges']/p")
    assert page.texts("span[@class='fictional']") == ["point d’étape fictif"]
    assert "donnée fictive" in page.texts("td/span")


# Who may read it.


@pytest.mark.parametrize("publication", ["draft", "submitted", "archived"])
def test_an_unpublished_challenge_has_no_page(client, publication):
    challenge = factories.challenge(publication=publication)

    assert client.get(challenge.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("publication", ["draft", "archived"])
def test_a_challenge_of_an_unpublished_territory_has_no_page(client, publication):
    challenge = factories.challenge(territory=factories.territory(publication=publication))

    assert client.get(challenge.get_absolute_url()).status_code == 404


def test_a_challenge_of_a_label_granted_tomorrow_has_no_page_today(client):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    challenge = factories.challenge(territory=territory)

    assert client.get(challenge.get_absolute_url()).status_code == 404


# Where it stands. How each kind of objective is drawn: test_objective_component.py.


def test_its_objectives_in_order_with_their_readings(read):
    challenge = factories.challenge()
    factories.objective(challenge=challenge, position=2, kind="zero", wording="Zéro sans toit")
    goal = factories.objective(challenge=challenge, position=1, wording="25 personnes")
    factories.reading(objective=goal, on=date(2019, 6, 30), value=4, source="Comptage")
    factories.reading(objective=goal, on=date(2020, 6, 30), value=10, state="validated")

    page = read(challenge.get_absolute_url())

    assert page.texts("h3[@class='objective__wording fr-h2']") == [
        "25 personnes",
        "Zéro sans toit",
    ]
    assert page.texts("p[@class='objective__headline fr-text--lead']") == [
        "10 sur 25 personnes",
        "Pas encore mesuré",
    ]
    assert page.texts("p[@class='objective__source']") == [
        "Dernière mesure le 30 juin 2020. Source : Comptage du porteur"
    ]


def test_a_correction_stays_in_sight_and_a_rejected_reading_does_not(read):
    mistaken = factories.reading(on=date(2020, 6, 30), value=99)
    goal = mistaken.objective
    factories.reading(objective=goal, on=mistaken.on, value=11, supersedes=mistaken)
    factories.reading(objective=goal, value=8888, state="rejected", source="CONFIDENTIEL")

    page = read(goal.challenge.get_absolute_url())

    assert page.texts("p[@class='objective__headline fr-text--lead']") == ["11 sur 25 personnes"]
    assert page.texts("td/del") == ["99"]
    assert "CONFIDENTIEL" not in page.text
    assert "8888" not in page.text.replace(" ", "")


def test_the_milestones_of_a_qualitative_objective(read):
    goal = factories.objective(kind="qualitative")
    Milestone.objects.create(
        objective=goal, position=1, wording="Le lieu", reached_on=date(2020, 1, 2)
    )
    Milestone.objects.create(objective=goal, position=2, wording="Les clés")

    page = read(goal.challenge.get_absolute_url())
    assert page.texts("p[@class='objective__headline fr-text--lead']") == ["1 étape sur 2 franchie"]


def test_without_objective_it_says_whose_turn_it_is(read):
    challenge = factories.challenge(carrier=factories.organisation(name="Juralliance"))

    page = read(challenge.get_absolute_url())

    assert page.texts("p[@class='fr-callout__title']") == ["Pas encore d’objectif mesurable"]
    assert "C’est à Juralliance de la formuler" in page.text


def test_its_reports_latest_first(read):
    challenge = factories.challenge()
    factories.report(challenge=challenge, on=date(2019, 6, 30), mood="blocked", text="Un décret.")
    factories.report(challenge=challenge, on=date(2020, 6, 30), mood="nothing_new", text="")
    factories.report(text="D’un autre défi")

    page = read(challenge.get_absolute_url())

    assert page.texts("li[@class='thread__item']") == [
        "30 juin 2020 Rien de nouveau",
        "30 juin 2019 Bloqué Un décret.",
    ]


def test_without_report_it_says_so(read):
    page = read(factories.challenge().get_absolute_url())

    assert "Le porteur n’a pas encore publié de point d’étape." in page.text
    assert page.texts("div[@class='card__badges']/p") == ["Pas encore de nouvelles"]


@pytest.mark.parametrize(
    ("days", "badge"),
    [(120, "À jour"), (121, "À rafraîchir"), (180, "À rafraîchir"), (181, "Silencieux")],
)
def test_how_fresh_it_is(read, days, badge):
    report = factories.report(on=timezone.localdate() - timedelta(days=days))

    [shown] = read(report.challenge.get_absolute_url()).texts("div[@class='card__badges']/p")
    assert shown.split(" depuis ")[0] == badge


# What is near it.


def kin(page):
    """The headings and the titles of what is near the challenge."""
    return page.texts("h2[@class='fr-h4']")[1:], page.texts("ul[@class='plain-list related']/li")


def test_what_it_is_inspired_by_and_what_takes_it_up(read):
    model = factories.challenge(title="Le modèle")
    copy = factories.challenge(title="La reprise", replicated_from=model)

    page = read(copy.get_absolute_url())
    assert kin(page) == (["Inspiré de"], ["Le modèle"])
    assert ("Le modèle", model.get_absolute_url()) in page.links
    assert kin(read(model.get_absolute_url())) == (["Repris par"], ["La reprise"])


def test_nothing_near_it_no_heading(read):
    assert kin(read(factories.challenge().get_absolute_url())) == ([], [])


@pytest.mark.parametrize("publication", ["draft", "submitted", "archived"])
def test_an_unpublished_model_is_not_named(read, publication):
    model = factories.challenge(title="CONFIDENTIEL", publication=publication)
    copy = factories.challenge(replicated_from=model)

    assert "CONFIDENTIEL" not in read(copy.get_absolute_url()).text


def test_four_related_challenges_at_most_and_all_public(read):
    challenge = factories.challenge()
    for n in range(5):
        factories.challenge(title=f"Proche {n}", carrier=challenge.carrier)
    for publication in ["draft", "submitted", "archived"]:
        factories.challenge(
            title="CONFIDENTIEL",
            carrier=challenge.carrier,
            replicated_from=challenge,
            publication=publication,
        )

    page = read(challenge.get_absolute_url())

    assert kin(page) == (["Défis proches"], [f"Proche {n}" for n in range(4)])
    assert "CONFIDENTIEL" not in page.text


def test_its_neighbours_in_the_territory_are_public(read):
    territory = factories.territory()
    shown = [
        factories.challenge(territory=territory, number=number, title=f"Défi {number}")
        for number in [1, 3, 5]
    ]
    for number, publication in [(2, "draft"), (4, "submitted")]:
        factories.challenge(territory=territory, number=number, publication=publication)
    factories.challenge(number=4)

    def neighbours(challenge):
        page = read(challenge.get_absolute_url())
        return page.texts("nav[@aria-label='Autres défis du territoire']/a")

    assert [neighbours(challenge) for challenge in shown] == [
        ["Défi 3"],
        ["Défi 1", "Défi 5"],
        ["Défi 3"],
    ]


# What engines read.


def test_its_linked_data(read):
    challenge = factories.challenge(
        title="</script><script>alert(1)</script>",
        slug="habiter",
        answer="Une <b>maison</b> & un fonds.",
        territory=factories.territory(name="Grasse", slug="grasse"),
        carrier=factories.organisation(name="Juralliance", slug="juralliance"),
    )

    scripts = read(challenge.get_absolute_url()).tree.iter("script")
    [linked] = [script for script in scripts if script.get("type") == "application/ld+json"]

    assert json.loads(linked.text) == {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": "</script><script>alert(1)</script>",
        "description": "Une <b>maison</b> & un fonds.",
        "url": "http://testserver/defis/habiter/",
        "parentOrganization": {
            "@type": "Organization",
            "name": "Juralliance",
            "url": "http://testserver/acteurs/juralliance/",
        },
        "areaServed": {
            "@type": "AdministrativeArea",
            "name": "Grasse",
            "url": "http://testserver/territoires/grasse/",
        },
    }
