"""/espace/<territoire>/engagements/<n>/: how far the territory's own commitments are."""

import pytest
from django.utils import timezone

from tests import factories
from tests.space.test_challenge import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(signed_in, grasse):
    commitment = factories.commitment(territory=grasse, side="territory", title="Ouvrir un lieu")
    commitment.client = signed_in("contributor")
    commitment.address = f"/espace/grasse/engagements/{commitment.pk}/"
    return commitment


def send(owed, **typed):
    fields = {"state": "ongoing", "done_on": "", "blocked_by": "", "unblocked_by": ""}
    return owed.client.post(owed.address, given(owed.client, owed.address) | fields | typed)


def test_its_state_is_told_and_shown_to_the_public(owed, read):
    assert send(owed, state="done", done_on="2020-03-01").url == "/espace/"

    owed.refresh_from_db()
    assert (owed.state, f"{owed.done_on}") == ("done", "2020-03-01")
    assert "1er mars 2020" in read("/territoires/grasse/plan/").text
    assert owed.history.first().history_user == owed.client.coordinator.user


def test_what_blocks_is_told(owed):
    send(owed, blocked_by="Un décret", unblocked_by="Sa parution")

    owed.refresh_from_db()
    assert (owed.blocked_by, owed.unblocked_by) == ("Un décret", "Sa parution")


def test_undone_it_loses_its_date(owed):
    send(owed, state="done", done_on="2020-03-01")
    send(owed, state="ongoing", done_on="2020-03-01")

    owed.refresh_from_db()
    assert (owed.state, owed.done_on) == ("ongoing", None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"state": "done"}, "done_on"),
        ({"state": "done", "done_on": "2999-01-01"}, "done_on"),
        ({"state": "done", "done_on": "hier"}, "done_on"),
        ({"state": "inconnu"}, "state"),
        ({"blocked_by": "x" * 301}, "blocked_by"),
    ],
)
def test_bad_input_is_explained_and_changes_nothing(owed, typed, field):
    response = send(owed, **typed)

    assert field in response.context["form"].errors
    owed.refresh_from_db()
    assert owed.state == "to_start"


def test_nothing_else_can_be_changed_from_there(owed):
    send(owed, title="Autre", side="state", due_on=timezone.localdate())

    owed.refresh_from_db()
    assert (owed.title, owed.side, owed.due_on) == ("Ouvrir un lieu", "territory", None)


def test_two_people_on_one_commitment_read_both(owed):
    mine = given(owed.client, owed.address) | {"state": "ongoing", "blocked_by": "Un décret"}
    send(owed, state="suspended")

    response = owed.client.post(owed.address, mine)

    assert response.status_code == 409
    form = response.context["form"]
    assert form.others["state"].after == "suspendu"
    assert form.initial["blocked_by"] == "Un décret"
    assert "Un décret" in response.text
    owed.refresh_from_db()
    assert (owed.state, owed.blocked_by) == ("suspended", "")
