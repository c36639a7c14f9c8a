"""What the querysets of challenges guarantee."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from challenges.models import Audience, Challenge, Objective, Reading, Theme
from tests import factories

pytestmark = pytest.mark.django_db


def theme(slug):
    return Theme.objects.create(slug=slug, name=slug)


def titles(queryset):
    return [challenge.title for challenge in queryset]


# Who is public.


def test_published_means_the_challenge_and_its_territory():
    for publication in ["draft", "submitted", "published", "archived"]:
        factories.challenge(title=f"Défi {publication}", publication=publication)
    for publication in ["draft", "archived"]:
        territory = factories.territory(publication=publication)
        factories.challenge(title=f"Territoire {publication}", territory=territory)

    assert titles(Challenge.objects.published()) == ["Défi published"]


def test_a_label_granted_tomorrow_keeps_its_challenges_unknown_today():
    territory = factories.territory(labelled=False)
    factories.designation(territory=territory, granted_on=timezone.localdate() + timedelta(days=1))
    factories.reading(
        objective=factories.objective(challenge=factories.challenge(territory=territory))
    )

    assert titles(Challenge.objects.published()) == []
    assert not Objective.objects.recently_measured().exists()


def test_a_theme_is_in_use_by_a_public_challenge():
    used, hidden, _ = theme("utilisé"), theme("caché"), theme("inutile")
    factories.challenge().themes.add(used)
    factories.challenge().themes.add(used)
    factories.challenge(publication="draft").themes.add(hidden)
    factories.challenge(territory=factories.territory(publication="draft")).themes.add(hidden)

    assert [theme.name for theme in Theme.objects.in_use()] == ["utilisé"]


# Readings.


def test_which_readings_stand():
    goal = factories.objective()
    corrected = factories.reading(objective=goal, value=1)
    factories.reading(objective=goal, value=2, supersedes=corrected)
    kept = factories.reading(objective=goal, value=3, state="validated")
    factories.reading(objective=goal, value=4, supersedes=kept, state="rejected")
    factories.reading(objective=goal, value=5, state="rejected")

    assert sorted(r.value for r in Reading.objects.standing()) == [2, 3]
    assert sorted(r.value for r in Reading.objects.all() if r.is_standing) == [2, 3]


def test_measured_means_one_standing_reading():
    factories.reading(objective=factories.objective(challenge=factories.challenge(title="Mesuré")))
    factories.reading(state="rejected")
    factories.report()

    assert titles(Challenge.objects.measured()) == ["Mesuré"]


def test_the_last_activity_is_the_later_of_readings_and_reports():
    goal = factories.objective()
    factories.reading(objective=goal, on=date(2020, 1, 1))
    factories.reading(objective=goal, on=date(2020, 9, 9), state="rejected")
    factories.report(challenge=goal.challenge, on=date(2019, 1, 1))
    assert Challenge.objects.with_activity().get().active_on == date(2020, 1, 1)

    factories.report(challenge=goal.challenge, on=date(2020, 3, 3))
    assert Challenge.objects.with_activity().get().active_on == date(2020, 3, 3)


# Figures.


def test_figures_of_nothing():
    assert Challenge.objects.published().figures() == {
        "challenges": 0,
        "objectives": 0,
        "measured": 0,
        "updated_on": None,
    }


def test_figures_count_each_row_once():
    challenge = factories.challenge()
    for _ in range(2):
        goal = factories.objective(challenge=challenge)
        for day in [1, 2]:
            factories.reading(objective=goal, on=date(2020, 6, day))
    factories.objective(challenge=challenge)
    for day in [3, 4]:
        factories.report(challenge=challenge, on=date(2020, 6, day))
    factories.challenge()

    assert Challenge.objects.published().figures() == {
        "challenges": 2,
        "objectives": 3,
        "measured": 2,
        "updated_on": date(2020, 6, 4),
    }


def test_figures_leave_out_what_does_not_count():
    factories.reading(on=date(2020, 1, 1), state="rejected")
    for fields in [
        {"publication": "draft"},
        {"territory": factories.territory(publication="archived")},
    ]:
        factories.reading(objective=factories.objective(challenge=factories.challenge(**fields)))

    assert Challenge.objects.published().figures() == {
        "challenges": 1,
        "objectives": 1,
        "measured": 0,
        "updated_on": None,
    }


# What was measured last.


def test_the_last_measured_come_first_and_the_unmeasured_last():
    def goal(wording, *days):
        owner = factories.challenge(territory=factories.territory(name=wording))
        created = factories.objective(challenge=owner, wording=wording)
        for day in days:
            factories.reading(objective=created, on=date(2020, 6, day))
        return created

    goal("B sans mesure")
    goal("A sans mesure")
    goal("jadis", 1)
    rejected = goal("hier", 5)
    factories.reading(objective=rejected, on=date(2020, 7, 1), state="rejected")
    goal("aujourd’hui", 2, 9)

    assert [objective.wording for objective in Objective.objects.recently_measured()] == [
        "aujourd’hui",
        "hier",
        "jadis",
        "A sans mesure",
        "B sans mesure",
    ]


def test_what_is_not_public_was_not_measured():
    factories.objective(challenge=factories.challenge(publication="submitted"))
    factories.objective(
        challenge=factories.challenge(territory=factories.territory(publication="draft"))
    )

    assert not Objective.objects.recently_measured().exists()


# Related challenges.


def test_kin_first_then_most_shared_themes_then_titles():
    habitat, work, other = theme("habitat"), theme("emploi"), theme("autre")
    elderly = Audience.objects.create(name="Personnes âgées", slug="agees")
    challenge = factories.challenge(replicated_from=factories.challenge(title="Z modèle"))
    challenge.themes.set([habitat, work])
    challenge.audiences.add(elderly)
    factories.challenge(title="X reprise", replicated_from=challenge)
    factories.challenge(title="Y deux thèmes").themes.set([habitat, work, other])
    factories.challenge(title="B un thème").themes.set([habitat, other])
    factories.challenge(title="A même porteur", carrier=challenge.carrier).themes.add(other)
    factories.challenge(title="C même public").audiences.add(elderly)
    factories.challenge(title="Sans rapport").themes.add(other)

    related = Challenge.objects.related_to(challenge)

    assert [(r.title, r.kinship, r.shared) for r in related] == [
        ("Z modèle", 0, 0),
        ("X reprise", 1, 0),
        ("Y deux thèmes", 2, 2),
        ("B un thème", 2, 1),
        ("A même porteur", 2, 0),
        ("C même public", 2, 0),
    ]


def test_a_challenge_related_in_every_way_comes_once():
    challenge = factories.challenge()
    other = factories.challenge(carrier=challenge.carrier, replicated_from=challenge)
    for slug in ["a", "b"]:
        both = theme(slug), Audience.objects.create(name=slug, slug=slug)
        for one in [challenge, other]:
            one.themes.add(both[0])
            one.audiences.add(both[1])

    [found] = Challenge.objects.related_to(challenge)
    assert (found, found.shared) == (other, 2)


# Cards.


def test_cards_come_with_activity_and_progress():
    goal = factories.objective()
    factories.reading(objective=goal, value=10, on=date(2020, 6, 30))
    factories.reading(objective=goal, value=7777, on=date(2020, 7, 1), state="rejected")
    factories.challenge(title="Sans objectif")

    cards = {card.pk: card for card in Challenge.objects.as_cards()}

    card = cards.pop(goal.challenge.pk)
    assert card.active_on == date(2020, 6, 30)
    assert [o.progress.headline for o in card.objectives.all()] == ["10 sur 25 personnes"]
    [empty] = cards.values()
    assert (empty.active_on, [*empty.objectives.all()]) == (None, [])


@pytest.mark.parametrize("number", [1, 3])
def test_cards_cost_three_queries_whatever_their_number(django_assert_num_queries, number):
    for _ in range(number):
        factories.reading()

    with django_assert_num_queries(3):
        for card in Challenge.objects.as_cards():
            assert card.territory.name
            assert card.carrier.name
            assert [objective.progress for objective in card.objectives.all()]
