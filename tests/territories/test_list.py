"""/territoires/ and its CSV: who is listed, in which order, and what each line says."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.utils import timezone

from territories.models import Designation, Territory
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(read):
    """The names on the page of the list for a query, in their order."""
    return lambda query=None: read("/territoires/", query).texts("h2")


@pytest.fixture
def exported(client):
    """The lines of the CSV for a query, as dicts."""

    def read_lines(query=None):
        text = client.get("/territoires/liste.csv", query).getvalue().decode("utf-8-sig")
        return [*csv.DictReader(StringIO(text), delimiter=";")]

    return read_lines


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def labelled(name, **designation):
    """A published territory whose one designation is as told."""
    created = factories.territory(name=name, labelled=False)
    factories.designation(territory=created, **designation)
    return created


# Who is listed.


def test_the_list_has_those_that_hold_the_label_or_held_it(listed):
    labelled("A en vigueur")
    labelled("B suspendu", state="suspended", reason="x")
    labelled("C retiré", state="withdrawn", reason="x")
    labelled("D expiré", expires_on=date(2020, 1, 1))

    assert listed() == ["A en vigueur", "B suspendu", "C retiré", "D expiré"]


def test_the_list_hides_what_is_not_public(listed, exported):
    factories.territory(name="Brouillon", publication="draft")
    factories.territory(name="Archivé", publication="archived")
    factories.territory(name="Sans label", labelled=False)

    assert listed() == []
    assert exported() == []


def test_a_label_granted_tomorrow_is_not_known_today(listed, exported):
    labelled("Demain", granted_on=tomorrow())
    labelled("Aujourd’hui", granted_on=timezone.localdate())

    assert listed() == ["Aujourd’hui"]
    assert [line["Territoire"] for line in exported()] == ["Aujourd’hui"]


def test_a_withdrawn_label_is_said_so(read):
    labelled("Retiré", state="withdrawn", reason="x")

    assert read("/territoires/").texts("article/p[@class='card__under']") == ["Label retiré"]


def test_a_label_in_force_needs_no_words_beside_its_wave(read):
    factories.territory()

    assert read("/territoires/").texts("article/p[@class='card__under']") == []


def test_no_territory_is_singular(read):
    assert read("/territoires/").texts("p[@role='status']") == ["0 territoire"]


def test_an_empty_list_says_so(read):
    page = read("/territoires/")

    assert "Aucun territoire ne correspond" in page.text
    assert "Rien n’est publié pour l’instant." in page.text


# What a card says.


def test_a_card_says_what_the_territory_is_and_where(read):
    bretagne = factories.area(level="region", name="Bretagne", place="Bretagne")
    factories.territory(name="Rennes", kind="metropole", areas=[bretagne])

    page = read("/territoires/")
    assert page.texts("p[@class='card__over']") == ["Métropole · Bretagne · 1re vague"]
    assert page.texts("p[@role='status']") == ["1 territoire"]
    assert ("Rennes", Territory.objects.get().get_absolute_url()) in page.links


def test_a_card_marks_an_indicative_perimeter(read):
    factories.territory(name="A", areas_certainty="interpretation")
    factories.territory(name="B", areas_certainty="obvious")

    cards = read("/territoires/").texts("article")
    assert ["Périmètre indicatif" in card for card in cards] == [True, False]


def test_a_card_counts_published_challenges_and_measured_ones(read):
    territory = factories.territory()
    measured = factories.challenge(territory=territory)
    factories.reading(
        objective=factories.objective(challenge=measured), on=timezone.localdate(), value=1
    )
    factories.challenge(territory=territory)
    hidden = factories.challenge(territory=territory, publication="submitted")
    factories.reading(objective=factories.objective(challenge=hidden))

    [card] = read("/territoires/").texts("div[@class='card__line']")
    assert card == "2 défis · 1 avec des résultats mesurés À jour"


def test_a_card_says_that_nothing_is_published_or_measured(read):
    factories.challenge(territory=factories.territory(name="A"))
    factories.challenge(territory=factories.territory(name="B"), publication="draft")

    assert read("/territoires/").texts("div[@class='card__line']") == [
        "1 défi · aucun résultat mesuré Pas encore de nouvelles",
        "Aucun défi publié",
    ]


# News: Territory.objects.with_news().


def news():
    territory = Territory.objects.with_news().get()
    return territory.challenge_count, territory.measured_count, territory.active_on


def test_no_news_without_challenge():
    factories.territory()

    assert news() == (0, 0, None)


def test_figures_do_not_multiply_one_another():
    territory = factories.territory()
    for _ in range(2):
        challenge = factories.challenge(territory=territory)
        for year in [2018, 2019]:
            factories.report(challenge=challenge, on=date(year, 1, 1))
            goal = factories.objective(challenge=challenge)
            factories.reading(objective=goal, on=date(year, 6, 1))
            factories.reading(objective=goal, on=date(year, 7, 1))

    assert news() == (2, 2, date(2019, 7, 1))


def test_the_last_news_is_the_later_of_readings_and_reports():
    goal = factories.objective()
    factories.reading(objective=goal, on=date(2020, 1, 1))
    factories.report(challenge=goal.challenge, on=date(2020, 2, 2))

    assert news() == (1, 1, date(2020, 2, 2))


@pytest.mark.parametrize("publication", ["draft", "submitted", "archived"])
def test_what_happens_in_an_unpublished_challenge_is_no_news(publication):
    goal = factories.objective(challenge=factories.challenge(publication=publication))
    factories.reading(objective=goal)
    factories.report(challenge=goal.challenge)

    assert news() == (0, 0, None)


def test_a_rejected_reading_is_no_news():
    factories.reading(state="rejected")

    assert news() == (1, 0, None)


def test_a_corrected_reading_gives_way_to_its_correction():
    mistaken = factories.reading(on=date(2020, 6, 30))
    factories.reading(objective=mistaken.objective, on=date(2020, 5, 31), supersedes=mistaken)

    assert news() == (1, 1, date(2020, 5, 31))


def test_a_rejected_correction_leaves_the_reading_standing():
    kept = factories.reading(on=date(2020, 5, 31))
    factories.reading(
        objective=kept.objective, on=date(2020, 6, 30), supersedes=kept, state="rejected"
    )

    assert news() == (1, 1, date(2020, 5, 31))


# Order.


def test_by_name_unless_told_otherwise(listed):
    for name in ["B", "A"]:
        factories.territory(name=name)

    assert listed() == ["A", "B"]
    assert listed({"tri": "nom"}) == ["A", "B"]


def test_by_the_latest_label(listed):
    labelled("A jadis", granted_on=date(2019, 1, 1))
    labelled("B hier", granted_on=date(2021, 1, 1))
    labelled("C sans date, 1re vague")
    labelled("D sans date, 2e vague", wave=factories.wave(2))

    assert listed({"tri": "label"}) == [
        "B hier",
        "A jadis",
        "D sans date, 2e vague",
        "C sans date, 1re vague",
    ]


def test_by_the_latest_news(listed):
    factories.territory(name="A muet")
    for name, on in [("B jadis", date(2019, 1, 1)), ("C hier", date(2020, 1, 1))]:
        owner = factories.territory(name=name)
        factories.report(challenge=factories.challenge(territory=owner), on=on)

    assert listed({"tri": "nouvelles"}) == ["C hier", "B jadis", "A muet"]


# Filters: how they narrow is in test_facets.py; here, what the page does of them.


def test_a_filter_narrows_the_page_and_shows_its_tag(read):
    factories.territory(name="Grasse", kind="pays")
    factories.territory(name="Nantes", kind="metropole")

    page = read("/territoires/", {"type": "pays"})

    assert page.texts("h2") == ["Grasse"]
    assert page.texts("p[@role='status']") == ["1 territoire"]
    assert ("Type de territoire : Pays (retirer ce filtre)", "?") in page.links
    ticked = page.tree.findall(".//input[@checked]")
    assert [(box.get("name"), box.get("value")) for box in ticked] == [("type", "pays")]


def test_an_unknown_value_shows_a_message_and_no_territory(read):
    factories.territory()

    page = read("/territoires/", {"type": "village"})

    message = "« village » n’est pas un choix proposé ici : retirez-le ou choisissez dans la liste."
    assert page.texts("h2") == []
    assert message in page.texts("div[@class='fr-alert fr-alert--warning fr-alert--sm fr-mb-2w']/p")
    assert ("Type de territoire : village", "?") in page.links


def test_nothing_found_says_which_filters_to_lift(read):
    factories.territory(kind="pays")
    factories.territory(kind="metropole", labelled=False)
    factories.designation(territory=Territory.objects.get(kind="metropole"), wave=factories.wave(2))

    page = read("/territoires/", {"type": "pays", "vague": "2"})

    assert page.texts("h2") == []
    assert ("Type de territoire : Pays", "?vague=2") in page.links
    assert ("Vague : 2e vague", "?type=pays") in page.links
    assert ("tous les filtres", "?") in page.links


def test_the_view_as_a_map_outlives_a_search(read):
    factories.territory()

    def kept(query):
        hidden = read("/territoires/", query).tree.findall(".//input[@type='hidden']")
        return [(field.get("name"), field.get("value")) for field in hidden]

    assert kept({"vue": "carte"}) == [("vue", "carte")]
    assert kept({}) == []


# Pages.


@pytest.fixture
def twenty_five_pays(db):
    for n in range(25):
        factories.territory(name=f"Pays {n:02}", kind="pays")
    factories.territory(name="Ailleurs", kind="commune")


def test_a_page_holds_twenty_four(read, listed, twenty_five_pays):
    assert len(listed()) == 24
    second = read("/territoires/", {"page": "2"})
    assert second.texts("h2") == ["Pays 23", "Pays 24"]
    assert second.texts("p[@role='status']") == ["26 territoires"]
    assert second.tree.findtext(".//title") == "Territoires, page 2 — Le French Impact"


def test_the_links_to_pages_keep_filters_and_order(read, twenty_five_pays):
    page = read("/territoires/", {"type": "pays", "tri": "nom", "page": "2"})

    assert page.texts("h2") == ["Pays 24"]
    assert ("Page précédente", "?type=pays&tri=nom&page=1") in page.links
    assert ("1", "?type=pays&tri=nom&page=1") in page.links
    assert [words for words, _ in page.links if words == "Page suivante"] == []


def test_only_the_nearest_pages_and_the_ends_are_linked(read):
    wave = factories.wave()
    pays = [Territory(name=f"Pays {n}", slug=f"pays-{n}", kind="pays") for n in range(24 * 8)]
    Territory.objects.bulk_create(pays)
    Territory.objects.update(publication="published")
    Designation.objects.bulk_create(Designation(territory=row, wave=wave) for row in pays)

    def numbers(page):
        return read("/territoires/", {"page": page}).texts("*[@class='fr-pagination__link']")

    assert numbers(1) == ["1", "2", "…", "8"]
    assert numbers(2) == ["1", "2", "3", "…", "8"]
    assert numbers(5) == ["1", "…", "4", "5", "6", "…", "8"]
    assert numbers(7) == ["1", "…", "6", "7", "8"]
    assert numbers(8) == ["1", "…", "7", "8"]


def test_lifting_a_filter_goes_back_to_the_first_page(read, twenty_five_pays):
    page = read("/territoires/", {"type": "pays", "tri": "nom", "page": "2"})

    assert ("Type de territoire : Pays (retirer ce filtre)", "?tri=nom") in page.links


def test_an_impossible_page_is_the_nearest_possible(listed, twenty_five_pays):
    assert listed({"page": "99"}) == ["Pays 23", "Pays 24"]
    assert listed({"page": "deux"})[0] == "Ailleurs"


def test_one_page_needs_no_pagination(read):
    factories.territory()

    assert read("/territoires/").tree.findall(".//nav[@aria-label='Pagination']") == []


# CSV.


def test_the_csv_is_a_french_spreadsheet_to_download(client):
    response = client.get("/territoires/liste.csv")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="territoires.csv"'
    assert response.getvalue().decode() == (
        "\ufeffTerritoire;Type;Situation;Vague;Défis publiés;Défis avec des résultats mesurés;"
        "Dernières nouvelles;Périmètre indicatif;Adresse\r\n"
    )


def test_a_line_of_the_csv(exported):
    area = factories.area(level="region", place="Bretagne")
    owner = factories.territory(
        name="Rennes",
        slug="rennes",
        kind="metropole",
        areas=[area],
        areas_certainty="interpretation",
    )
    factories.report(challenge=factories.challenge(territory=owner), on=date(2020, 6, 30))

    assert exported() == [
        {
            "Territoire": "Rennes",
            "Type": "métropole",
            "Situation": "Bretagne",
            "Vague": "1",
            "Défis publiés": "1",
            "Défis avec des résultats mesurés": "0",
            "Dernières nouvelles": "2020-06-30",
            "Périmètre indicatif": "oui",
            "Adresse": "http://testserver/territoires/rennes/",
        }
    ]


def test_the_csv_has_the_rows_of_the_list_on_all_its_pages(exported, twenty_five_pays):
    names = [line["Territoire"] for line in exported({"type": "pays", "page": "2"})]

    assert names == [f"Pays {n:02}" for n in range(25)]


def test_the_csv_of_an_unknown_value_has_no_row(exported):
    factories.territory()

    assert exported({"type": "village"}) == []


def test_the_csv_runs_no_formula(exported):
    factories.territory(name='=HYPERLINK("https://exemple.test")')

    assert exported()[0]["Territoire"] == '\'=HYPERLINK("https://exemple.test")'


def test_the_link_to_the_csv_keeps_the_filters_only(read):
    factories.territory(kind="pays")

    page = read("/territoires/", {"type": "pays", "vue": "carte", "page": "1"})

    assert ("Télécharger cette liste (CSV)", "/territoires/liste.csv?type=pays") in page.links


# A label to come beside one that was withdrawn.


def test_a_label_to_come_does_not_show_beside_a_withdrawn_one(read, exported):
    owner = labelled("Deux fois", state="withdrawn", reason="x")
    factories.designation(territory=owner, wave=factories.wave(2), granted_on=tomorrow())

    [card] = read("/territoires/").texts("article")
    assert "Label retiré" in card
    assert "2e vague" not in card
    assert exported()[0]["Vague"] == "1"


def test_a_label_to_come_is_no_choice_of_wave(read):
    owner = labelled("Deux fois", state="withdrawn", reason="x")
    factories.designation(territory=owner, wave=factories.wave(2), granted_on=tomorrow())

    assert "2e vague" not in read("/territoires/").text
