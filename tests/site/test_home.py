"""The home page: figures, latest results, axes, manifesto, and the notice of demonstration."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

FIGURES = "ul[@class='figures']/li"


def test_an_empty_portal_says_so(read):
    page = read("/")

    assert page.texts(FIGURES)[3] == "En attente aucun relevé ni point d’étape pour l’instant"
    assert "Aucun défi publié ne s’est encore donné d’objectif." in page.texts("p")
    assert "Le manifeste" not in page.texts("h2")


def test_none_is_singular(read):
    assert read("/").texts(FIGURES)[:3] == [
        "0 territoire labellisé",
        "0 défi suivi",
        "0 sur 0 objectif mesuré",
    ]


def test_one_is_singular(read):
    factories.reading(on=date(2020, 6, 30))

    assert read("/").texts(FIGURES) == [
        "1 territoire labellisé",
        "1 défi suivi",
        "1 sur 1 objectif mesuré",
        "30 juin 2020 dernières nouvelles d’un défi",
    ]


def test_the_figures_count_what_is_public_and_labelled(read):
    goal = factories.objective()
    factories.reading(objective=goal, on=date(2020, 6, 30))
    factories.objective(challenge=goal.challenge)
    factories.challenge(territory=goal.challenge.territory, publication="draft")
    for fields in [{"publication": "draft"}, {"publication": "archived"}, {"labelled": False}]:
        factories.territory(**fields)
    for designation in [
        {"state": "withdrawn", "reason": "x"},
        {"state": "suspended", "reason": "x"},
        {"expires_on": date(2020, 1, 1)},
        {"granted_on": timezone.localdate() + timedelta(days=1)},
    ]:
        factories.designation(**designation)
    factories.territory()

    assert read("/").texts(FIGURES) == [
        "2 territoires labellisés",
        "1 défi suivi",
        "1 sur 2 objectifs mesurés",
        "30 juin 2020 dernières nouvelles d’un défi",
    ]


def test_the_map_shows_the_labelled_territories(client):
    factories.territory(name="Grasse", areas=[factories.area()])
    withdrawn = factories.territory(name="Retiré", areas=[factories.area()], labelled=False)
    factories.designation(territory=withdrawn, state="withdrawn", reason="x")
    factories.territory(name="Brouillon", areas=[factories.area()], publication="draft")

    html = client.get("/").content.decode()
    assert "<title>Grasse</title>" in html
    assert "Retiré" not in html
    assert "Brouillon" not in html


def test_the_three_objectives_measured_last(read):
    for year in [2017, 2018, 2019, 2020]:
        challenge = factories.challenge(
            title=f"Défi {year}",
            territory=factories.territory(name=f"Pays {year}"),
            carrier=factories.organisation(name=f"Acteur {year}"),
        )
        goal = factories.objective(challenge=challenge, wording=f"Objectif {year}")
        factories.reading(objective=goal, on=date(year, 6, 30), value=10)

    page = read("/")

    assert page.texts("article/h3") == ["Défi 2020", "Défi 2019", "Défi 2018"]
    assert page.texts("article/p[@class='card__quote']")[0] == "Objectif 2020"
    assert page.texts("article/p[@class='card__over']")[0] == "Pays 2020"
    assert page.texts("article/p[@class='card__under']")[0] == "Porté par Acteur 2020"
    assert page.texts("p[@class='progress-line__text']")[0] == (
        "10 sur 25 personnes relevé du 30 juin 2020 échéance dépassée"
    )


def test_a_rejected_reading_puts_nothing_forward(read):
    goal = factories.objective()
    factories.reading(objective=goal, value=7777, state="rejected")

    page = read("/")
    assert page.texts("p[@class='progress-line__text']")[0].startswith("Pas encore mesuré")
    assert "7777" not in page.text.replace(" ", "")


def test_unpublished_objectives_are_not_put_forward(read):
    for fields in [
        {"publication": "submitted"},
        {"territory": factories.territory(publication="draft")},
    ]:
        factories.reading(
            objective=factories.objective(
                challenge=factories.challenge(**fields), wording="CONFIDENTIEL"
            )
        )

    assert "CONFIDENTIEL" not in read("/").text


def test_a_label_granted_tomorrow_is_not_known_today(read):
    territory = factories.territory(labelled=False, name="CONFIDENTIEL")
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    factories.reading(
        objective=factories.objective(challenge=factories.challenge(territory=territory))
    )

    assert "CONFIDENTIEL" not in read("/").text


def test_the_axes_in_order(read):
    factories.pillar(2, short_title="Accompagner")
    first = factories.pillar(1, short_title="Financer")

    page = read("/")
    assert page.texts("h3[@class='fr-tile__title']") == ["Financer", "Accompagner"]
    assert ("Financer", first.get_absolute_url()) in page.links


def test_the_last_words_of_the_manifesto_in_force(read):
    manifesto = factories.manifesto()
    manifesto.statements.create(position=2, headline="Nous agissons.")
    factories.manifesto(number=2, in_force=False).statements.update(headline="Autrefois.")

    page = read("/")
    assert page.texts("blockquote") == ["Nous agissons."]
    assert ("Lire le manifeste", "/manifeste/") in page.links


# The notice of demonstration, on every page.


def notices(page):
    return [
        element.text for element in page.tree.iter() if element.get("class") == "fr-notice__title"
    ]


def test_no_notice_when_everything_is_real(read):
    factories.reading()

    assert notices(read("/")) == notices(read("/territoires/")) == []


def test_fictional_rows_are_announced_on_every_page(read):
    Demonstration.objects.create()

    assert notices(read("/")) == ["Données de démonstration"]
    assert notices(read("/territoires/")) == ["Données de démonstration"]
    assert notices(read("/accessibilite/")) == ["Données de démonstration"]


def test_the_notice_is_read_once_then_kept_ten_seconds(read, django_assert_num_queries):
    read("/accessibilite/")
    with django_assert_num_queries(0):
        read("/accessibilite/")

    Demonstration.objects.create()
    cache.clear()  # ten seconds later
    assert notices(read("/accessibilite/")) == ["Données de démonstration"]


# The State's mark.


def test_the_mark_of_the_state_can_be_left_out(client, settings):
    assert client.get("/").content.decode().count("République<br>Française") == 2

    settings.STATE_BRAND = False
    html = client.get("/").content.decode()
    assert "République<br>Française" not in html
    assert "info.gouv.fr" not in html
