"""Filters of a list: FilterForm, with the facets of the list of territories."""

from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from challenges.models import Audience, Theme
from territories import filters
from territories.facets import FilterForm
from territories.models import Territory
from tests import factories

pytestmark = pytest.mark.django_db


def form_of(query=""):
    return FilterForm(
        QueryDict(query),
        everything=Territory.objects.public(),
        facets=filters.facets(),
        orders=filters.ORDERS,
    )


def left_by(query):
    return sorted(territory.name for territory in form_of(query).rows)


def shown(form, name):
    """The choices of a facet, as shown, by value."""
    return {value: str(label) for value, label in form.fields[name].choices}


def choices(name, query=""):
    return shown(form_of(query), name)


def region(code, name):
    return factories.area(level="region", code=code, name=name)


def theme(slug):
    return Theme.objects.create(slug=slug, name=slug.capitalize())


@pytest.fixture
def two_territories(db):
    """« Est » and « Ouest », that differ by every facet."""
    today = timezone.localdate()
    east = factories.territory(name="Est", kind="pays", areas=[region("44", "Grand Est")])
    west = factories.territory(
        name="Ouest", kind="metropole", areas=[region("53", "Bretagne")], labelled=False
    )
    factories.designation(territory=west, wave=factories.wave(2))
    for position, slug, owner in [(1, "financer", east), (2, "accompagner", west)]:
        axis = factories.pillar(position, slug=slug, short_title=slug.capitalize())
        factories.commitment(territory=owner, pillar=axis)
    measured = factories.challenge(territory=east)
    measured.themes.add(theme("habitat"))
    measured.audiences.add(Audience.objects.create(slug="jeunes", name="Jeunes"))
    factories.reading(objective=factories.objective(challenge=measured), on=today)
    told = factories.challenge(territory=west)
    told.themes.add(theme("emploi"))
    told.audiences.add(Audience.objects.create(slug="aines", name="Aînés"))
    factories.report(challenge=told, on=today - timedelta(days=150))


def test_a_facet_narrows(two_territories):
    expected = {
        "": ["Est", "Ouest"],
        "region=44": ["Est"],
        "vague=2": ["Ouest"],
        "type=pays": ["Est"],
        "axe=accompagner": ["Ouest"],
        "theme=habitat": ["Est"],
        "public=aines": ["Ouest"],
        "nouvelles=fresh": ["Est"],
        "nouvelles=stale": ["Ouest"],
        "resultats=mesures": ["Est"],
    }

    assert {query: left_by(query) for query in expected} == expected


def test_values_of_one_facet_widen(two_territories):
    queries = [
        "region=44&region=53",
        "vague=1&vague=2",
        "type=pays&type=metropole",
        "axe=financer&axe=accompagner",
        "theme=habitat&theme=emploi",
        "nouvelles=fresh&nouvelles=stale",
    ]

    assert {query: left_by(query) for query in queries} == dict.fromkeys(queries, ["Est", "Ouest"])


def test_facets_narrow_one_another(two_territories):
    assert left_by("type=pays&type=metropole&vague=2") == ["Ouest"]
    assert left_by("type=pays&vague=2") == []


def test_choices_are_named_and_counted(two_territories):
    form = form_of()

    assert {facet.name: shown(form, facet.name) for facet in form.facets} == {
        "region": {"53": "Bretagne (1)", "44": "Grand Est (1)"},
        "vague": {"1": "1re vague (1)", "2": "2e vague (1)"},
        "type": {"metropole": "Métropole (1)", "pays": "Pays (1)"},
        "axe": {"financer": "1. Financer (1)", "accompagner": "2. Accompagner (1)"},
        "theme": {"emploi": "Emploi (1)", "habitat": "Habitat (1)"},
        "public": {"aines": "Aînés (1)", "jeunes": "Jeunes (1)"},
        "nouvelles": {"fresh": "À jour (1)", "stale": "À rafraîchir (1)"},
        "resultats": {"mesures": "Avec des résultats mesurés (1)"},
    }


def test_counts_follow_the_other_facets_and_ignore_their_own(two_territories):
    assert choices("type", "type=pays") == {"metropole": "Métropole (1)", "pays": "Pays (1)"}
    assert choices("vague", "type=pays") == {"1": "1re vague (1)", "2": "2e vague (0)"}


def test_choices_keep_the_order_of_their_labels_or_of_their_words(two_territories):
    form = form_of()

    assert [*shown(form, "type")] == ["metropole", "pays"]
    assert [*shown(form, "region")] == ["53", "44"]
    assert [*shown(form, "nouvelles")] == ["fresh", "stale"]


def test_words_are_sorted_whatever_their_accents(db):
    owner = factories.challenge()
    for name in ["Ville", "Écologie", "Emploi"]:
        owner.themes.add(Theme.objects.create(name=name, slug=name.lower()))

    assert [*choices("theme").values()] == ["Écologie (1)", "Emploi (1)", "Ville (1)"]


def test_a_facet_without_value_shows_no_box(db):
    factories.territory()

    assert [box.name for box in form_of().boxes] == ["vague", "type", "nouvelles"]


def test_all_the_counts_cost_one_query(two_territories, django_assert_num_queries):
    with django_assert_num_queries(1):
        form_of("type=pays&vague=1&region=44&nouvelles=fresh")


# What a territory counts for.


def test_a_territory_counts_once_though_joins_repeat_it(db):
    brittany = region("53", "Bretagne")
    owner = factories.territory(
        areas=[factories.area(parents=[brittany]), factories.area(parents=[brittany])]
    )
    habitat = theme("habitat")
    for _ in range(2):
        challenge = factories.challenge(territory=owner)
        challenge.themes.add(habitat)
        factories.reading(objective=factories.objective(challenge=challenge))

    assert left_by("region=53&theme=habitat&resultats=mesures") == [owner.name]
    assert choices("region") == {"53": "Bretagne (1)"}
    assert choices("theme") == {"habitat": "Habitat (1)"}
    assert choices("resultats") == {"mesures": "Avec des résultats mesurés (1)"}


def test_a_territory_is_of_every_region_it_touches(db):
    factories.territory(
        name="À cheval",
        areas=[
            factories.area(parents=[region("53", "Bretagne")]),
            factories.area(parents=[region("52", "Pays de la Loire")]),
        ],
    )

    assert left_by("region=53") == left_by("region=52") == ["À cheval"]


def test_a_territory_without_area_is_of_the_region_of_its_anchor(db):
    nantes = factories.area(level="commune", parents=[region("52", "Pays de la Loire")])
    rennes = factories.area(parents=[factories.area(level="departement"), region("53", "Bretagne")])
    factories.territory(name="Repéré", anchor=nantes)
    factories.territory(name="Situé", anchor=nantes, areas=[rennes])

    assert left_by("region=52") == ["Repéré"]
    assert left_by("region=53") == ["Situé"]


def test_an_abandoned_commitment_is_no_axis(db):
    axis = factories.pillar(1)
    factories.commitment(pillar=axis, territory=factories.territory(name="A"))
    factories.commitment(pillar=axis, territory=factories.territory(name="B"), state="abandoned")

    assert left_by(f"axe={axis.slug}") == ["A"]


def test_an_unpublished_challenge_gives_no_theme_nor_result(db):
    habitat, owner = theme("habitat"), factories.territory()
    for publication in ["draft", "submitted", "archived"]:
        hidden = factories.challenge(territory=owner, publication=publication)
        hidden.themes.add(habitat)
        factories.reading(objective=factories.objective(challenge=hidden))

    form = form_of()
    assert shown(form, "theme") == {}
    assert shown(form, "resultats") == {}
    assert shown(form, "nouvelles") == {"never": "Pas encore de nouvelles (1)"}


def test_only_standing_readings_are_results(db):
    factories.reading(state="rejected")
    factories.report()

    assert choices("resultats") == {}


def test_what_is_not_public_gives_no_choice(db):
    factories.territory(publication="draft", kind="pays")
    factories.territory(labelled=False, kind="metropole")

    assert choices("type") == {}
    assert choices("vague") == {}


def test_news_are_counted_and_narrowed_by_the_same_days(db):
    levels = {0: "fresh", 120: "fresh", 121: "stale", 180: "stale", 181: "silent"}
    for days in levels:
        owner = factories.challenge(territory=factories.territory(name=f"{days:03} jours"))
        factories.report(challenge=owner, on=timezone.localdate() - timedelta(days=days))

    assert choices("nouvelles") == {
        "fresh": "À jour (2)",
        "stale": "À rafraîchir (2)",
        "silent": "Silencieux (1)",
    }
    assert left_by("nouvelles=fresh") == ["000 jours", "120 jours"]
    assert left_by("nouvelles=stale") == ["121 jours", "180 jours"]
    assert left_by("nouvelles=silent") == ["181 jours"]


def test_levels_of_news_add_up_their_days(db):
    for on in [date(2019, 1, 1), date(2019, 1, 1), date(2020, 1, 1)]:
        factories.report(on=on)

    assert choices("nouvelles") == {"silent": "Silencieux (3)"}


# What the address says that the list does not know.


def test_an_unknown_value_leaves_nothing_and_is_explained(two_territories):
    for value in ["village", "%00", "pays%00", "PAYS", "%20", "a%22%3Cb%3E"]:
        form = form_of(f"type={value}")

        assert not form.rows.exists(), value
        [message] = form.errors["type"]
        assert "n’est pas un choix proposé ici" in message, value


def test_an_unknown_value_beside_a_known_one_leaves_nothing(two_territories):
    assert left_by("type=pays&type=village") == []


def test_an_unknown_order_leaves_nothing_and_is_explained(two_territories):
    form = form_of("tri=hasard")

    assert not form.rows.exists()
    assert form.errors["tri"] == ["Cet ordre n’existe pas\u00a0: choisissez dans la liste."]
    assert form.order == filters.ORDERS["nom"][1]


def test_a_parameter_of_no_facet_is_ignored(two_territories):
    assert left_by("utm_source=lettre&page=3") == ["Est", "Ouest"]


def test_a_value_given_twice_counts_once(two_territories):
    form = form_of("type=pays&type=pays")

    assert [tag.label for tag in form.tags] == ["Type de territoire\u00a0: Pays"]
    assert form.tags[0].without == ""


def test_no_more_than_fifty_values_are_read(two_territories):
    form = form_of("&".join(f"type={n}" for n in range(60)))

    assert len(form.tags) == 50


def test_beyond_sixty_the_choices_that_leave_most_are_shown_and_all_are_known(db):
    for n in range(70):
        axis = factories.pillar(slug=f"axe-{n}", short_title=f"Axe {n}")
        for _ in range(2 if n >= 10 else 1):
            factories.commitment(pillar=axis, territory=factories.territory(name=f"Pays {n}"))

    form = form_of("axe=axe-3")

    [box] = [box for box in form.boxes if box.name == "axe"]
    shown_values = {widget.data["value"] for widget in box.subwidgets}
    assert shown_values == {"axe-3"} | {f"axe-{n}" for n in range(10, 70)}
    assert box.help_text == "Les 60 choix les plus fournis."
    assert left_by("axe=axe-5") == ["Pays 5"]


# Tags.


def test_a_tag_lifts_its_own_value_only(two_territories):
    form = form_of("type=pays&type=metropole&vague=1&tri=label&page=2")

    assert [(tag.label, tag.without) for tag in form.tags] == [
        ("Vague\u00a0: 1re vague", "type=pays&type=metropole&tri=label"),
        ("Type de territoire\u00a0: Pays", "type=metropole&vague=1&tri=label"),
        ("Type de territoire\u00a0: Métropole", "type=pays&vague=1&tri=label"),
    ]


def test_the_address_of_a_tag_is_encoded(two_territories):
    form = form_of("type=a%26b&vague=1")

    assert [tag.without for tag in form.tags] == ["type=a%26b", "vague=1"]


def test_no_filter_no_tag(two_territories):
    assert form_of("tri=nom").tags == []
