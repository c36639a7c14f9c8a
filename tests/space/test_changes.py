"""What was done lately, by whom: in words, and only for those who have a right there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges.models import Audience, Milestone, Theme
from space.changes import changes_of
from territories.models import Demonstration
from tests import factories

pytestmark = pytest.mark.django_db

NO_BREAK = "\u00a0"


@pytest.fixture
def act(grasse):
    """``act(row, user=…, **fields)``: change a row, as somebody does from a page."""

    def acted(row, user=None, **fields):
        for name, value in fields.items():
            setattr(row, name, value)
        row._history_user = user
        row.save()
        return row

    return acted


@pytest.fixture
def camille(grasse):
    user = factories.user(name="Camille Roux", email="camille@grasse.test")
    factories.coordinator(territory=grasse, user=user, role="contributor")
    return user


def said(**asked):
    """What was done, latest first, without what the factories did."""
    made = {"Défi ajouté", f"Objectif ajouté{NO_BREAK}: 25 logements"}
    return [change.what for change in changes_of(**asked) if change.what not in made]


def names(grasse, what):
    return [change.who for change in changes_of([grasse.pk]) if change.what.startswith(what)]


# What is told.


def test_a_reading_added_corrected_validated_rejected(grasse, act):
    goal = grasse.challenge.goal
    first = factories.reading(objective=goal, value=12)
    second = factories.reading(objective=goal, value=14, supersedes=first)
    act(second, state="validated")
    act(second, source="Registre")
    act(second, state="rejected")

    about = f"{NO_BREAK}: %s personnes (25 logements)"
    assert said(challenge=grasse.challenge) == [
        f"Relevé rejeté{about % 14}",
        f"Relevé validé{about % 14}",
        f"Relevé corrigé{about % 14}",
        f"Relevé ajouté{about % 12}",
    ]


def test_a_report_a_milestone_and_an_objective(grasse, act):
    factories.report(challenge=grasse.challenge, mood="blocked")
    steps = factories.objective(challenge=grasse.challenge, kind="qualitative", wording="Ouvrir")
    step = Milestone.objects.create(objective=steps, position=1, wording="Les clés")
    act(step, reached_on="2020-01-01")
    act(step, wording="Toutes les clés")
    act(steps, wording="Ouvrir grand")

    assert said(challenge=grasse.challenge) == [
        f"Objectif modifié{NO_BREAK}: Ouvrir grand",
        f"Étape franchie{NO_BREAK}: Les clés",
        f"Objectif ajouté{NO_BREAK}: Ouvrir",
        f"Point d’étape{NO_BREAK}: bloqué",
    ]


def test_the_sheet_of_a_challenge(grasse, act):
    challenge = grasse.challenge
    act(challenge, need="Vieillir chez soi", answer="Une maison")
    act(challenge, stage="deployment")
    act(challenge)
    act(challenge, title="Habiter ensemble", need="Vieillir")
    challenge.themes.add(Theme.objects.create(name="Habitat", slug="habitat"))
    challenge.audiences.add(Audience.objects.create(name="Aînés", slug="aines"))
    act(challenge, publication="archived")
    act(challenge, publication="published", stage="")

    assert said(challenge=challenge) == [
        f"Défi publié. Étape du défi{NO_BREAK}: non précisée",
        "Défi archivé",
        f"Fiche modifiée{NO_BREAK}: publics",
        f"Fiche modifiée{NO_BREAK}: thèmes",
        f"Fiche modifiée{NO_BREAK}: intitulé, le besoin",
        f"Étape du défi{NO_BREAK}: déploiement",
        f"Texte modifié{NO_BREAK}: le besoin, la réponse",
    ]


def test_the_plan_and_the_team_are_told_of_a_territory_not_of_a_challenge(grasse, act, camille):
    owed = factories.commitment(territory=grasse, side="territory", title="Ouvrir un lieu")
    act(owed, state="done", done_on="2020-01-01")
    act(owed, title="Ouvrir")
    camille.coordinations.update(until=timezone.now())

    assert said(territories=[grasse.pk]) == [
        "n’est plus dans l’équipe",
        f"Engagement{NO_BREAK}: fait",
        "Engagement ajouté",
        "a rejoint l’équipe, comme contributeur",
    ]
    assert said(challenge=grasse.challenge) == []


def test_each_tells_what_it_is_about_and_leads_there(grasse, camille):
    factories.commitment(territory=grasse, title="Ouvrir un lieu")
    factories.reading(objective=grasse.challenge.goal)

    told = {change.about: change.address for change in changes_of([grasse.pk])}
    assert told == {
        "Habiter": grasse.challenge.get_absolute_url(),
        "Ouvrir un lieu": reverse("territories:plan", args=["grasse"]),
        "Pays de Grasse": reverse("space:team", args=["grasse"]),
    }


def test_fiction_is_said_fiction(grasse):
    batch = Demonstration.objects.create()
    factories.reading(objective=grasse.challenge.goal, demonstration=batch)
    factories.report(challenge=grasse.challenge)

    told = {change.what.split()[0]: change.is_fictional for change in changes_of([grasse.pk])}
    assert told == {"Point": False, "Relevé": True, "Objectif": False, "Défi": False}


def test_a_long_wording_is_cut(grasse):
    goal = factories.objective(challenge=grasse.challenge, wording=f"{'Loger ' * 20}.")
    factories.reading(objective=goal)

    [what] = [what for what in said(challenge=grasse.challenge) if what.startswith("Relevé")]
    assert what.endswith("Loger…)")
    assert len(what) < 100


# Of what, and how many.


def test_the_last_ones_of_each_territory(grasse):
    other = factories.territory()
    goal = factories.objective(challenge=factories.challenge(territory=other))
    for value in range(15):
        factories.reading(objective=goal, value=value)
    factories.reading(objective=grasse.challenge.goal, value=99)

    changes = changes_of([grasse.pk, other.pk])

    assert [change.territory for change in changes].count(other.pk) == 10
    assert [change.territory for change in changes].count(grasse.pk) == 3
    assert len(changes_of([other.pk], limit=4)) == 4
    assert [change.when for change in changes] == sorted(
        [change.when for change in changes], reverse=True
    )


def test_other_territories_and_unpublished_challenges_are_not_told(grasse):
    for fields in [{}, {"territory": grasse, "publication": "draft"}]:
        hidden = factories.challenge(title="CONFIDENTIEL", **fields)
        factories.reading(objective=factories.objective(challenge=hidden))
        factories.report(challenge=hidden)

    assert "CONFIDENTIEL" not in {change.about for change in changes_of([grasse.pk])}
    assert changes_of([]) == changes_of() == []


# By whom.


def test_the_team_is_named_the_staff_is_one(grasse, act, camille):
    staff = factories.user(is_staff=True, name="Dominique Agent", email="agent@label.test")
    nameless = factories.coordinator(territory=grasse).user
    for user, need in [(camille, "A"), (staff, "B"), (nameless, "C"), (None, "D")]:
        act(grasse.challenge, user, need=need)

    assert names(grasse, "Texte") == [
        "",
        nameless.email,
        "l’équipe du label",
        "Camille Roux",
    ]


def test_staff_stays_unnamed_in_a_team_too(grasse, act):
    staff = factories.user(is_staff=True, email="agent@label.test")
    factories.coordinator(territory=grasse, user=staff)
    act(grasse.challenge, staff, need="A")

    assert {change.who for change in changes_of([grasse.pk])} == {
        "l’équipe du label",
        "",
    }


def test_whoever_left_keeps_a_name_never_an_address(grasse, act, camille):
    nameless = factories.user(email="partie@grasse.test")
    factories.coordinator(territory=grasse, user=nameless)
    for user in [camille, nameless]:
        act(grasse.challenge, user, need=user.email)
        user.coordinations.update(until=timezone.now() - timedelta(hours=1))

    assert names(grasse, "Texte") == ["un ancien membre de l’équipe", "Camille Roux"]


# On the page.


def test_the_home_tells_it_to_every_role(signed_in, grasse, act, camille):
    act(grasse.challenge, camille, need="Vieillir chez soi")

    for role in ["reader", "contributor", "referent"]:
        html = signed_in(role).get("/espace/").content.decode()
        assert f"Texte modifié{NO_BREAK}: le besoin" in html
        assert "Camille Roux" in html


@pytest.mark.parametrize("who", ["stranger", "neighbour", "former", "staff"])
def test_names_are_for_those_who_have_a_right_there(client, read, grasse, act, camille, who):
    act(grasse.challenge, camille, need="Vieillir chez soi")
    factories.reading(objective=grasse.challenge.goal, by=camille)
    factories.report(challenge=grasse.challenge, by=camille)
    people = {
        "stranger": lambda: factories.user(),
        "neighbour": lambda: factories.coordinator().user,
        "former": lambda: factories.coordinator(territory=grasse, until=timezone.now()).user,
        "staff": lambda: factories.user(is_staff=True),
    }
    client.force_login(people[who]())

    for path in ["/espace/", "/defis/habiter/", "/territoires/grasse/"]:
        html = client.get(path).content.decode()
        assert "Camille" not in html
        assert "camille@" not in html


def test_queries_do_not_grow(grasse, queries, act, camille):
    def asked():
        with queries(limit=4) as captured:
            assert changes_of([grasse.pk])
        return len(captured)

    few = asked()
    for n in range(20):
        goal = factories.objective(challenge=factories.challenge(territory=grasse))
        act(goal.challenge, factories.coordinator(territory=grasse).user, need=f"{n}")
        factories.reading(objective=goal)
        factories.commitment(territory=grasse)

    assert asked() == few
