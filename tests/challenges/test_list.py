"""/defis/ and its CSV: who is listed, narrowed by what, in which order."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from challenges.models import Audience, Challenge, Theme
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(read):
    """The titles on the page of the list for a query, in their order."""
    return lambda query=None: read("/defis/", query).texts("h2")


@pytest.fixture
def exported(client):
    """The lines of the CSV for a query, as dicts."""

    def read_lines(query=None):
        text = client.get("/defis/liste.csv", query).getvalue().decode("utf-8-sig")
        return [*csv.DictReader(StringIO(text), delimiter=";")]

    return read_lines


# Who is listed.


def test_only_published_challenges_of_published_territories(listed, exported):
    for publication in ["draft", "submitted", "published", "archived"]:
        factories.challenge(title=publication, publication=publication)
    for publication in ["draft", "archived"]:
        factories.challenge(territory=factories.territory(publication=publication))

    assert listed() == ["published"]
    assert [line["Défi"] for line in exported()] == ["published"]


def test_a_label_granted_tomorrow_keeps_its_challenges_unknown_today(read, exported):
    territory = factories.territory(name="CONFIDENTIEL", labelled=False)
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    factories.challenge(territory=territory)

    assert "CONFIDENTIEL" not in read("/defis/").text
    assert exported() == []


def test_the_challenges_of_a_withdrawn_label_stay_readable(listed):
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, state="withdrawn", reason="x")
    factories.challenge(territory=territory, title="Habiter ensemble")

    assert listed() == ["Habiter ensemble"]


def test_an_empty_list_says_so(read):
    page = read("/defis/")

    assert "Aucun défi ne correspond" in page.text
    assert "Rien n’est publié pour l’instant." in page.text


def test_no_challenge_is_singular(read):
    assert read("/defis/").texts("p[@role='status']") == ["0 défi"]


# What a card says.


def test_a_card(read):
    challenge = factories.challenge(
        title="Habiter ensemble",
        territory=factories.territory(name="Grasse"),
        carrier=factories.organisation(name="Juralliance"),
        stage="deployment",
    )
    goal = factories.objective(
        challenge=challenge, due_on=None, due_precision="", wording="25 personnes"
    )
    factories.reading(objective=goal, on=date(2020, 6, 30), value=10)

    page = read("/defis/")

    assert page.texts("p[@role='status']") == ["1 défi"]
    [badge, stage] = page.texts("div[@class='card__badges']/p")
    assert badge.startswith("Silencieux depuis")
    assert stage == "déploiement"
    assert page.texts("p[@class='card__over']") == ["Grasse"]
    assert page.texts("p[@class='card__quote']") == ["25 personnes"]
    assert page.texts("p[@class='progress-line__text']") == [
        "10 sur 25 personnes relevé du 30 juin 2020"
    ]
    assert page.texts("p[@class='card__under']") == ["Porté par Juralliance"]
    assert ("Habiter ensemble", challenge.get_absolute_url()) in page.links


def test_a_fictional_challenge_and_reading_are_marked(read):
    batch = Demonstration.objects.create()
    goal = factories.objective(challenge=factories.challenge(demonstration=batch))
    factories.reading(objective=goal, on=date(2020, 6, 30), demonstration=batch)

    page = read("/defis/")

    assert "Fictif" in page.texts("div[@class='card__badges']/p")
    assert page.texts("span[@class='fictional']") == ["fictif"]


# Filters and orders.


@pytest.fixture
def two_challenges(db):
    """« Un » and « Deux », that differ by every facet."""
    today = timezone.localdate()
    grand_est = factories.area(level="region", code="44", name="Grand Est")
    bretagne = factories.area(level="region", code="53", name="Bretagne")
    east = factories.territory(name="Est", slug="est", kind="pays", areas=[grand_est])
    west = factories.territory(
        name="Ouest", slug="ouest", kind="metropole", areas=[bretagne], labelled=False
    )
    factories.designation(territory=west, wave=factories.wave(2))
    one = factories.challenge(territory=east, title="Un", nature="social", stage="emergence")
    two = factories.challenge(territory=west, title="Deux", nature="civic", stage="paused")
    for challenge, theme, audience in [(one, "habitat", "jeunes"), (two, "emploi", "aines")]:
        challenge.themes.add(Theme.objects.create(name=theme.capitalize(), slug=theme))
        challenge.audiences.add(Audience.objects.create(name=audience.capitalize(), slug=audience))
    for position, challenge in [(1, one), (2, two)]:
        axis = factories.pillar(position)
        given_up = factories.commitment(territory=challenge.territory, state="abandoned")
        kept = factories.commitment(territory=challenge.territory, pillar=axis)
        challenge.commitments.add(given_up, kept)
    factories.reading(objective=factories.objective(challenge=one), on=today)
    factories.report(challenge=two, on=today - timedelta(days=150))


def test_each_facet_narrows(two_challenges, exported):
    expected = {
        "theme=habitat": ["Un"],
        "public=aines": ["Deux"],
        "territoire=est": ["Un"],
        "region=53": ["Deux"],
        "vague=1": ["Un"],
        "type=metropole": ["Deux"],
        "axe=axe-1": ["Un"],
        "nature=civic": ["Deux"],
        "etape=emergence": ["Un"],
        "nouvelles=stale": ["Deux"],
        "resultats=mesures": ["Un"],
    }

    found = {}
    for query in expected:
        name, value = query.split("=")
        found[query] = [line["Défi"] for line in exported({name: value})]
    assert found == expected


def test_values_of_one_facet_widen_and_facets_narrow(two_challenges, listed):
    assert listed({"theme": ["habitat", "emploi"]}) == ["Un", "Deux"]
    assert listed({"theme": ["habitat", "emploi"], "vague": "2"}) == ["Deux"]
    assert listed({"theme": "habitat", "vague": "2"}) == []


def test_the_choices_of_each_facet_with_their_numbers(two_challenges, read):
    labels = read("/defis/", {"vague": "1"}).texts("fieldset//label")

    assert labels == [
        *("Emploi (0)", "Habitat (1)"),
        *("Aines (0)", "Jeunes (1)"),
        *("Est (1)", "Ouest (0)"),
        *("Bretagne (0)", "Grand Est (1)"),
        *("1re vague (1)", "2e vague (1)"),
        *("Métropole (0)", "Pays (1)"),
        *("1. Axe 1 (1)", "2. Axe 2 (0)"),
        *("Social (1)", "Citoyen (0)"),
        *("Émergence (1)", "En pause (0)"),
        *("À jour (1)", "À rafraîchir (0)"),
        "Avec des résultats mesurés (1)",
    ]


def test_unpublished_challenges_give_no_choice(read):
    hidden = factories.challenge(publication="draft", nature="social")
    hidden.themes.add(Theme.objects.create(name="Caché", slug="cache"))

    assert read("/defis/").texts("fieldset//label") == []


def test_an_unknown_value_shows_a_message_and_no_challenge(two_challenges, read):
    page = read("/defis/", {"theme": "inconnu"})

    assert page.texts("h2") == []
    assert any(text.startswith("« inconnu » n’est pas un choix") for text in page.texts("p"))
    assert ("Thème : inconnu (retirer ce filtre)", "?") in page.links


def test_tags_lift_one_filter_or_all(two_challenges, read):
    page = read("/defis/", {"theme": "habitat", "vague": "1", "tri": "nom"})

    assert ("Thème : Habitat (retirer ce filtre)", "?vague=1&tri=nom") in page.links
    assert ("Vague : 1re vague (retirer ce filtre)", "?theme=habitat&tri=nom") in page.links
    assert ("Tout retirer", "?") in page.links


def test_orders(listed):
    west, east = factories.territory(name="Ouest"), factories.territory(name="Est")
    shared = factories.challenge(territory=west, number=1, title="B")
    factories.challenge(territory=east, number=2, title="A")
    factories.challenge(territory=east, number=1, title="C")
    factories.report(challenge=shared)

    assert listed() == listed({"tri": "territoire"}) == ["C", "A", "B"]
    assert listed({"tri": "nom"}) == ["A", "B", "C"]
    assert listed({"tri": "nouvelles"}) == ["B", "C", "A"]


def test_pages_keep_filters_and_are_titled(read):
    owner = factories.territory(slug="ici")
    for n in range(25):
        factories.challenge(territory=owner, number=n, title=f"Défi {n:02}")
    factories.challenge(title="Ailleurs")

    page = read("/defis/", {"territoire": "ici", "page": "2"})

    assert page.texts("h2") == ["Défi 24"]
    assert page.texts("p[@role='status']") == ["25 défis"]
    assert page.tree.findtext(".//title") == "Défis, page 2 — Le French Impact"
    assert ("Page précédente", "?territoire=ici&page=1") in page.links
    assert (
        "Télécharger cette liste (CSV)",
        "/defis/liste.csv?territoire=ici",
    ) in page.links


# CSV.


def test_the_csv_is_a_french_spreadsheet_to_download(client):
    response = client.get("/defis/liste.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="defis.csv"'
    assert response.getvalue().decode() == (
        "\ufeffDéfi;Territoire;Porteur;Étape;Objectif;Où il en est;Dernière mesure;"
        "Dernières nouvelles;Donnée de démonstration;Adresse\r\n"
    )


def test_a_line_an_objective(exported):
    challenge = factories.challenge(
        title="Habiter ensemble",
        slug="habiter-ensemble",
        territory=factories.territory(name="Grasse"),
        carrier=factories.organisation(name="Juralliance"),
        stage="deployment",
    )
    measured = factories.objective(challenge=challenge, wording="25 personnes")
    factories.reading(objective=measured, on=date(2020, 6, 30), value=10)
    factories.objective(challenge=challenge, kind="zero", wording="Zéro sans toit")
    factories.report(challenge=challenge, on=date(2020, 9, 1))

    shared = {
        "Défi": "Habiter ensemble",
        "Territoire": "Grasse",
        "Porteur": "Juralliance",
        "Étape": "déploiement",
        "Dernières nouvelles": "2020-09-01",
        "Donnée de démonstration": "non",
        "Adresse": "http://testserver/defis/habiter-ensemble/",
    }
    assert exported() == [
        shared
        | {
            "Objectif": "25 personnes",
            "Où il en est": "10 sur 25 personnes",
            "Dernière mesure": "2020-06-30",
        },
        shared
        | {
            "Objectif": "Zéro sans toit",
            "Où il en est": "Pas encore mesuré",
            "Dernière mesure": "",
        },
    ]


def test_a_challenge_without_objective_has_its_line(exported):
    factories.challenge(title="Sans objectif")

    [line] = exported()
    assert (line["Défi"], line["Objectif"], line["Où il en est"]) == ("Sans objectif", "", "")
    assert line["Dernières nouvelles"] == ""


def test_the_csv_says_what_is_fictional(exported):
    batch = Demonstration.objects.create()
    factories.challenge(title="Défi fictif", demonstration=batch)
    goal = factories.objective(challenge=factories.challenge(title="Relevé fictif"))
    factories.reading(objective=goal, demonstration=batch)
    factories.challenge(title="Réel")

    found = {line["Défi"]: line["Donnée de démonstration"] for line in exported()}
    assert found == {"Défi fictif": "oui", "Relevé fictif": "oui", "Réel": "non"}


def test_the_csv_runs_no_formula(exported):
    factories.objective(
        challenge=factories.challenge(title="@SUM(1)"),
        wording="-2+3",
        due_on=None,
        due_precision="",
    )

    [line] = exported()
    assert (line["Défi"], line["Objectif"]) == ("'@SUM(1)", "'-2+3")


def test_rejected_and_corrected_readings_are_not_exported(exported):
    mistaken = factories.reading(on=date(2020, 6, 30), value=7777)
    factories.reading(
        objective=mistaken.objective, on=date(2020, 6, 30), value=11, supersedes=mistaken
    )
    factories.reading(
        objective=mistaken.objective, on=date(2020, 9, 1), value=8888, state="rejected"
    )

    [line] = exported()
    assert line["Où il en est"] == "11 sur 25 personnes"
    assert line["Dernière mesure"] == "2020-06-30"


def test_the_csv_has_every_page_of_the_list(exported):
    owner = factories.territory()
    for n in range(30):
        factories.challenge(territory=owner, number=n)

    assert len(exported({"page": "2"})) == Challenge.objects.count() == 30
