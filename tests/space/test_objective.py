"""/espace/<territoire>/defis/<défi>/objectifs/…: promises, changed at once or proposed."""

import json

import pytest

from challenges.models import Challenge, Objective
from tests import factories
from tests.space.test_challenge import given

pytestmark = pytest.mark.django_db

NEW = "/espace/grasse/defis/habiter/objectifs/nouveau/"
TYPED = {"wording": "10 ateliers", "kind": "count", "target": "1 000,5", "unit": "ateliers"}


@pytest.fixture
def sheet(signed_in, grasse):
    challenge = grasse.challenge
    challenge.client = signed_in("contributor")
    challenge.page = f"/espace/grasse/defis/habiter/objectifs/{challenge.goal.pk}/"
    return challenge


@pytest.fixture
def draft(sheet):
    Challenge.objects.filter(pk=sheet.pk).update(publication="draft")
    sheet.refresh_from_db()
    return sheet


def send(sheet, path, **typed):
    return sheet.client.post(path, given(sheet.client, path) | typed)


def test_a_draft_takes_a_new_objective_at_once(draft):
    assert send(draft, NEW, **TYPED).url == "/espace/grasse/defis/habiter/"

    made = draft.objectives.get(wording="10 ateliers")
    assert (made.position, f"{made.target:.1f}", made.unit) == (2, "1000.5", "ateliers")


def test_steps_are_written_one_a_line_and_those_reached_stay(draft):
    send(
        draft,
        NEW,
        wording="Ouvrir",
        kind="qualitative",
        milestones="Un bail\r\n\r\n Des travaux \r\n",
    )
    made = draft.objectives.get(wording="Ouvrir")
    assert [m.wording for m in made.milestones.all()] == ["Un bail", "Des travaux"]

    made.milestones.filter(wording="Un bail").update(reached_on="2020-01-01")
    page = f"/espace/grasse/defis/habiter/objectifs/{made.pk}/"
    send(draft, page, milestones="Un bail\nLes peintures\nL’ouverture")
    assert [(m.position, m.wording) for m in made.milestones.all()] == [
        (1, "Un bail"),
        (2, "Les peintures"),
        (3, "L’ouverture"),
    ]


def test_a_published_challenge_proposes_its_objectives(sheet, read):
    before = read("/defis/habiter/").text
    send(sheet, NEW, **TYPED)
    send(sheet, sheet.page, wording="30 logements", target="30")

    assert read("/defis/habiter/").text == before
    changed, new = sheet.proposals.get().changes.order_by("-objective")
    if changed.objective is None:
        changed, new = new, changed
    assert (changed.before["target"], changed.after["target"]) == ("25", "30")
    assert (new.before, new.after["target"]) == (None, "1000.5")
    page = sheet.client.get("/espace/grasse/defis/habiter/").text
    assert "Proposé, pas encore publié" in page

    pending = f"/espace/grasse/defis/habiter/objectifs/proposes/{new.pk}/"
    send(sheet, pending, wording="12 ateliers")
    new.refresh_from_db()
    assert new.after["wording"] == "12 ateliers"

    sheet.client.post(pending, {"act": "remove"})
    sheet.client.post(sheet.page, {"act": "remove"})
    assert sheet.proposals.get().state == "withdrawn"


def test_back_to_what_is_published_asks_nothing(sheet):
    send(sheet, sheet.page, wording="30 logements")
    send(sheet, sheet.page, wording="25 logements")

    assert sheet.proposals.get().state == "withdrawn"


def test_only_a_challenge_nobody_reads_loses_an_objective(sheet, draft):
    Challenge.objects.filter(pk=sheet.pk).update(publication="published")
    sheet.client.post(sheet.page, {"act": "remove"})
    assert sheet.objectives.exists()

    Challenge.objects.filter(pk=sheet.pk).update(publication="draft")
    sheet.client.post(sheet.page, {"act": "remove"})
    assert not sheet.objectives.exists()


def test_two_people_on_one_objective_read_both(sheet):
    mine = given(sheet.client, sheet.page) | {"wording": "30 logements"}
    send(sheet, sheet.page, wording="40 logements", target="40")

    response = sheet.client.post(sheet.page, mine)

    assert response.status_code == 409
    form = response.context["form"]
    assert form.others["wording"].after == "40 logements"
    assert form.initial["target"] == "40"
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    again |= {"base": json.dumps(form.initial["base"]), "act": "save"}
    assert sheet.client.post(sheet.page, again).status_code == 302
    after = sheet.proposals.get().changes.get().after
    assert (after["wording"], after["target"]) == ("30 logements", "40")


def test_an_older_objective_comes_back_in_the_form(draft):
    send(draft, draft.page, wording="30 logements")
    version = draft.goal.history.last()

    form = draft.client.get(f"{draft.page}?version={version.pk}").context["form"]

    assert form.initial["wording"] == "25 logements"
    assert form.others["wording"].after == "30 logements"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"wording": ""}, "wording"),
        ({"wording": "x" * 301}, "wording"),
        ({"kind": ""}, "kind"),
        ({"kind": "autre"}, "kind"),
        ({"target": ""}, "target"),
        ({"target": "beaucoup"}, "target"),
        ({"target": "1e400"}, "target"),
        ({"kind": "zero", "target": "5"}, "target"),
        ({"kind": "rate", "target": "0"}, "target"),
        ({"kind": "qualitative", "target": "5"}, "target"),
        ({"kind": "qualitative", "target": ""}, "milestones"),
        ({"kind": "qualitative", "target": "", "milestones": "x" * 201}, "milestones"),
        ({"milestones": "Une étape"}, "milestones"),
        ({"due_on": "2025-12-31"}, "due_precision"),
        ({"due_precision": "year"}, "due_on"),
        ({"due_on": "demain"}, "due_on"),
        ({"baseline_on": "hier"}, "baseline_on"),
        ({"unit": "x" * 121}, "unit"),
    ],
)
def test_bad_input_is_explained_and_writes_nothing(draft, typed, field):
    response = send(draft, NEW, **(TYPED | typed))

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert Objective.objects.count() == 1


def test_an_objective_of_another_challenge_is_missing(sheet):
    other = factories.objective(challenge=factories.challenge(territory=sheet.territory))
    proposed = factories.proposed_change(challenge=other.challenge)

    base = "/espace/grasse/defis/habiter/objectifs/"
    assert sheet.client.get(f"{base}{other.pk}/").status_code == 404
    assert sheet.client.get(f"{base}proposes/{proposed.pk}/").status_code == 404
