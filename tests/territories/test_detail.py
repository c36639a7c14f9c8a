"""/territoires/<slug>/: one territory, its label, challenges, collective and neighbours."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from geography.models import Area
from territories.models import CollectiveMember, Territory
from tests import factories

pytestmark = pytest.mark.django_db


def labelled(**designation):
    """A published territory whose one designation is as told."""
    created = factories.territory(labelled=False)
    factories.designation(territory=created, **designation)
    return created


def member(territory, **fields):
    return CollectiveMember.objects.create(
        **{"territory": territory, "organisation": factories.organisation()} | fields
    )


def fact(page, name):
    """What « En bref » says under a name."""
    return dict(zip(page.texts("dl/dt"), page.texts("dl/dd"), strict=True))[name]


# What it is.


def test_it_says_what_the_territory_is_and_where(read):
    area = factories.area(
        name="CA du Pays de Grasse",
        place="Alpes-Maritimes",
    )
    territory = factories.territory(
        name="Pays de Grasse",
        kind="pays",
        areas=[area],
        summary="Entre mer et monts.",
        presentation="Un pays.\n\nUne ville.",
        plain_summary="C’est ici.",
        website="https://exemple.test/grasse",
    )

    page = read(territory.get_absolute_url())

    assert page.texts("h1") == ["Pays de Grasse"]
    assert page.texts("p[@class='fr-text--lead']") == ["Pays, Alpes-Maritimes. Entre mer et monts."]
    assert page.texts("section[@aria-labelledby='presentation']/p") == ["Un pays.", "Une ville."]
    assert page.texts("section[@aria-labelledby='falc']/p") == ["C’est ici."]
    assert fact(page, "Périmètre") == "CA du Pays de Grasse (intercommunalité (EPCI))"
    assert ("https://exemple.test/grasse", "https://exemple.test/grasse") in page.links


def test_a_sheet_without_text_has_no_empty_section(read):
    page = read(factories.territory().get_absolute_url())

    assert page.texts("h2") == [
        "Les défis",
        "Le plan d’accompagnement",
        "Le collectif",
        "En bref",
    ]
    assert fact(page, "Périmètre") == "Pas de périmètre administratif"


def test_texts_are_escaped(client):
    territory = factories.territory(presentation="<script>alert(1)</script>")

    html = client.get(territory.get_absolute_url()).content.decode()
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in html


def test_a_single_area_gives_its_population_and_where_it_comes_from(read):
    area = factories.area(population=103_000)

    page = read(factories.territory(areas=[area]).get_absolute_url())
    assert fact(page, "Population").startswith("103 000 habitants INSEE")


def test_areas_counted_in_the_same_year_give_their_sum(read):
    areas = [factories.area(population=number) for number in [65_084, 15_742]]

    page = read(factories.territory(areas=areas).get_absolute_url())

    assert fact(page, "Population").startswith("80 826 habitants")


def test_areas_of_different_years_or_without_figure_give_no_population(read):
    for others in [
        [factories.area(level="commune", code="06069", population=9_793)],
        [factories.area(population=None)],
    ]:
        territory = factories.territory(areas=[factories.area(population=1000), *others])

        assert "Population" not in read(territory.get_absolute_url()).texts("dl/dt")


# Its neighbours.


def test_the_three_nearest_labelled_territories_are_its_neighbours(read):
    def at(name, x, **fields):
        area = factories.area(x=x, y=500.0, lon=None, lat=None)
        return factories.territory(name=name, areas=[area], **fields)

    here = at("Ici", 400.0)
    for name, x in [("Loin", 600.0), ("Tout près", 410.0), ("Près", 420.0), ("Moins près", 450.0)]:
        at(name, x)
    at("Sans label", 401.0, labelled=False)

    page = read(here.get_absolute_url())

    names = ["Tout près", "Près", "Moins près"]
    near = [words for words, _ in page.links if words in [*names, "Loin", "Sans label"]]
    assert near[:3] == names
    assert "Loin" not in near[:3]
    assert "Territoires voisins" in page.texts("h2")


def test_a_territory_nobody_can_place_has_no_neighbour(read):
    factories.territory(areas=[factories.area()])

    page = read(factories.territory().get_absolute_url())

    assert "Territoires voisins" not in page.texts("h2")


# Its communes.


def test_its_communes_are_listed_once_behind_a_disclosure(read):
    epci = factories.area()
    for code, name in [("39300", "Lons-le-Saunier"), ("39001", "Écrille"), ("39002", "Macornay")]:
        factories.area(level="commune", code=code, name=name, parents=[epci], path=None)
    alone = factories.area(level="commune", code="39003", name="Arbois", path=None)
    factories.area(level="commune", code="39004", name="Ailleurs", path=None)
    twice = Area.objects.get(code="39002")

    page = read(factories.territory(areas=[epci, alone, twice]).get_absolute_url())

    assert page.texts("details[@class='communes']/summary") == ["4 communes"]
    assert page.texts("ul[@class='communes__list']/li") == [
        "Arbois",
        "Écrille",
        "Lons-le-Saunier",
        "Macornay",
    ]
    assert ("Lons-le-Saunier", "/ma-commune/39300/") in page.links


def test_a_region_lists_its_departements_with_their_numbers(read):
    region = factories.area(level="region", code="53")
    for code, name, number in [("22", "Côtes-d’Armor", 2), ("35", "Ille-et-Vilaine", 1)]:
        inside = factories.area(level="departement", code=code, name=name, parents=[region])
        for n in range(number):
            factories.area(level="commune", code=f"{code}{n:03}", parents=[region, inside])
    within = Area.objects.get(code="22001")

    territory = factories.territory(slug="ouest", areas=[region, within])
    page = read(territory.get_absolute_url())

    assert page.texts("details[@class='communes']/summary") == ["3 communes dans 2 départements"]
    assert page.texts("ul[@class='communes__list']/li") == [
        "Côtes-d’Armor 2 communes",
        "Ille-et-Vilaine 1 commune",
    ]
    assert ("Ille-et-Vilaine", "/territoires/ouest/communes/35/") in page.links


def test_a_perimeter_without_commune_has_no_disclosure(read):
    page = read(factories.territory(areas=[factories.area()]).get_absolute_url())

    assert page.texts("details[@class='communes']") == []


def test_an_indicative_perimeter_says_why(read):
    territory = factories.territory(
        areas_certainty="interpretation", areas_note="Le document ne le dit pas."
    )

    page = read(territory.get_absolute_url())
    assert "Périmètre indicatif. Le document ne le dit pas." in page.texts("div/p")
    assert "Périmètre indicatif" in page.texts("dt")


# Its label.


@pytest.mark.parametrize(
    ("designation", "status", "words"),
    [
        ({}, "in_force", "Labellisé — 1re vague"),
        (
            {"granted_on": date(2019, 2, 25)},
            "in_force",
            "Labellisé — 1re vague, le 25 février 2019",
        ),
        ({"expires_on": date(2020, 1, 2)}, "expired", "Label expiré le 2 janvier 2020"),
        ({"state": "suspended", "reason": "x"}, "suspended", "Label suspendu"),
        ({"state": "withdrawn", "reason": "x"}, "withdrawn", "Label retiré"),
    ],
)
def test_the_state_of_the_label(read, designation, status, words):
    territory = labelled(**designation)

    assert Territory.objects.with_label().get().label_status == status
    page = read(territory.get_absolute_url())
    assert fact(page, "Label") == words
    assert words in page.texts("div[@class='card__badges']/p")


def test_the_first_of_the_month_is_an_ordinal(read):
    page = read(labelled(granted_on=date(2019, 3, 1)).get_absolute_url())

    assert fact(page, "Label") == "Labellisé — 1re vague, le 1er mars 2019"


def test_a_wave_announced_dates_the_label_without_date(read):
    wave = factories.wave(1, announced_on=date(2019, 2, 25))

    page = read(labelled(wave=wave).get_absolute_url())
    assert fact(page, "Label") == "Labellisé — 1re vague, annoncée le 25 février 2019"


def test_the_reason_of_a_withdrawal_is_not_shown(read):
    territory = labelled(state="withdrawn", reason="CONFIDENTIEL")

    assert "CONFIDENTIEL" not in read(territory.get_absolute_url()).text


def test_without_designation_there_is_no_label():
    factories.territory(labelled=False)

    assert Territory.objects.with_label().get().label_status == "none"


def test_the_label_expires_on_its_last_day():
    today = timezone.localdate()
    labelled(expires_on=today)
    assert Territory.objects.with_label().get().label_status == "expired"

    Territory.objects.all().delete()
    labelled(expires_on=today + timedelta(days=1))
    assert Territory.objects.with_label().get().label_status == "in_force"


def test_the_label_held_comes_before_those_held_earlier(read):
    territory = labelled(state="withdrawn", reason="x")
    factories.designation(territory=territory, wave=factories.wave(2))
    factories.designation(
        territory=territory, wave=factories.wave(3), state="withdrawn", reason="x"
    )

    assert fact(read(territory.get_absolute_url()), "Label") == "Labellisé — 2e vague"


def test_a_label_granted_tomorrow_has_no_page_today(client):
    tomorrow = timezone.localdate() + timedelta(days=1)

    assert client.get(labelled(granted_on=tomorrow).get_absolute_url()).status_code == 404
    assert (
        client.get(labelled(granted_on=timezone.localdate()).get_absolute_url()).status_code == 200
    )


def test_a_territory_never_labelled_has_no_page(client):
    territory = factories.territory(labelled=False)

    assert client.get(territory.get_absolute_url()).status_code == 404


def test_a_label_to_come_does_not_show_beside_a_withdrawn_one(read):
    territory = labelled(state="withdrawn", reason="x")
    factories.designation(
        territory=territory,
        wave=factories.wave(2),
        granted_on=timezone.localdate() + timedelta(days=1),
    )

    assert fact(read(territory.get_absolute_url()), "Label") == "Label retiré"


# Its challenges.


def test_its_published_challenges_by_number(read):
    territory = factories.territory()
    for number, title in [(2, "Deux"), (1, "Un")]:
        factories.challenge(territory=territory, number=number, title=title)
    for n, publication in enumerate(["draft", "submitted", "archived"]):
        factories.challenge(
            territory=territory, number=n + 3, title="CONFIDENTIEL", publication=publication
        )
    factories.challenge(title="D’un autre")

    page = read(territory.get_absolute_url())

    assert page.texts("article/h3") == ["Un", "Deux"]
    assert "2 défis" in page.texts("h2")
    assert "CONFIDENTIEL" not in page.text


def test_a_card_says_the_objective_and_where_it_stands(read):
    goal = factories.objective(wording="25 personnes d’ici 2021")
    factories.reading(objective=goal, on=date(2020, 6, 30), value=10)
    factories.reading(objective=goal, on=date(2020, 9, 30), value=7777, state="rejected")

    page = read(goal.challenge.territory.get_absolute_url())
    assert page.texts("p[@class='card__quote']") == ["25 personnes d’ici 2021"]
    assert page.texts("p[@class='progress-line__text']") == [
        "10 sur 25 personnes relevé du 30 juin 2020 échéance dépassée"
    ]


def test_a_challenge_without_objective_says_so(read):
    challenge = factories.challenge()

    page = read(challenge.territory.get_absolute_url())
    assert page.texts("p[@class='card__none']") == [
        "Ce défi ne s’est pas encore donné d’objectif mesurable."
    ]


def test_without_challenge_it_says_so_and_no_freshness(read):
    page = read(factories.territory().get_absolute_url())

    assert "Ce territoire n’a pas encore publié de défi." in page.text
    assert page.texts("div[@class='card__badges']/p") == ["Labellisé — 1re vague"]


def test_it_is_as_fresh_as_its_freshest_challenge(read):
    territory = factories.territory()
    for days in [400, 10]:
        factories.report(
            challenge=factories.challenge(territory=territory),
            on=timezone.localdate() - timedelta(days=days),
        )
    factories.challenge(territory=territory)

    page = read(territory.get_absolute_url())
    assert page.texts("div[@class='card__badges']/p")[:2] == ["Labellisé — 1re vague", "À jour"]


# Its collective.


def test_its_collective_by_category_with_roles(read):
    territory = factories.territory()
    company = factories.organisation(name="Une mutuelle", category="mutual")
    member(territory, organisation=company, role="lead", note="Selon le communiqué")
    member(territory, organisation=factories.organisation(name="Une asso"), role="funder")

    page = read(territory.get_absolute_url())

    path = "section[@aria-labelledby='collectif']"
    assert sorted(page.texts(f"{path}/h3")) == ["Association", "Mutuelle"]
    assert sorted(page.texts(f"{path}/ul/li")) == [
        "Une asso, financeur",
        "Une mutuelle, chef de file Selon le communiqué",
    ]
    assert ("Une mutuelle", company.get_absolute_url()) in page.links


def test_a_category_has_one_heading(read):
    territory = factories.territory()
    for name, category in [("A", "association"), ("B", "mutual"), ("C", "association")]:
        member(territory, organisation=factories.organisation(name=name, category=category))

    page = read(territory.get_absolute_url())
    assert sorted(page.texts("section[@aria-labelledby='collectif']/h3")) == [
        "Association",
        "Mutuelle",
    ]


def test_its_collective_is_the_one_of_today(read):
    territory, today = factories.territory(), timezone.localdate()
    day = timedelta(days=1)
    for name, dates in {
        "Depuis ce jour": {"since": today},
        "Jusqu’à ce jour": {"until": today},
        "Partie hier": {"until": today - day},
        "Attendue demain": {"since": today + day},
    }.items():
        member(territory, organisation=factories.organisation(name=name), **dates)

    page = read(territory.get_absolute_url())
    assert sorted(page.texts("section[@aria-labelledby='collectif']/ul/li")) == [
        "Depuis ce jour, membre",
        "Jusqu’à ce jour, membre",
    ]


def test_without_collective_it_says_so(read):
    page = read(factories.territory().get_absolute_url())

    assert "La composition du collectif n’est pas encore renseignée." in page.text


# Around it.


def test_its_neighbours_by_name_are_public(read):
    for name in ["A", "C", "E"]:
        factories.territory(name=name, slug=name.lower())
    factories.territory(name="B", publication="draft")
    factories.territory(name="D", labelled=False)

    def neighbours(slug):
        return read(f"/territoires/{slug}/").texts("nav[@aria-label='Autres territoires']/a")

    assert neighbours("a") == ["C"]
    assert neighbours("c") == ["A", "E"]
    assert neighbours("e") == ["C"]


def test_its_plan_is_summed_up_and_linked(read):
    territory = factories.territory(slug="ici")
    axis = factories.pillar(1, short_title="Financer")
    factories.commitment(territory=territory, pillar=axis, side="state")
    factories.commitment(territory=territory, pillar=axis, side="joint", due_on=date(2020, 1, 1))
    factories.commitment(pillar=axis)

    page = read("/territoires/ici/")

    assert page.texts("tbody/tr/th") == ["1. Financer"]
    assert page.texts("tbody/tr/td") == ["1 en cours1 en retard", "1 en retard"]
    assert ("Le plan en détail, axe par axe", "/territoires/ici/plan/") in page.links
