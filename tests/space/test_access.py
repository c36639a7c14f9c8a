"""Who may enter the space: every role at every address by every verb, none left out."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from space.urls import urlpatterns
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = ["nobody", "stranger", "former", "neighbour", "staff", "reader", "contributor", "referent"]
OUT = ["stranger", "former", "neighbour", "staff"]

# What each role is answered, by address: to GET, then to POST.
EVERYONE = dict.fromkeys(ROLES[1:], 200)
MISSING = dict.fromkeys(OUT, 404)
READING = MISSING | {"reader": 200, "contributor": 200, "referent": 200}
WRITING = MISSING | {"reader": 403, "contributor": 200, "referent": 200}
MANAGING = MISSING | {"reader": 403, "contributor": 403, "referent": 200}


def only_post(statuses):
    """No page there: the verb is refused before anything else is said."""
    return dict.fromkeys(statuses, 405)


def moved(statuses):
    return {role: 302 if status == 200 else status for role, status in statuses.items()}


EXPECTED = {
    "home": (EVERYONE, dict.fromkeys(ROLES[1:], 405)),
    "stop-viewing": (moved(EVERYONE), moved(EVERYONE)),
    "reminders": (EVERYONE, moved(EVERYONE)),
    "answer": (dict.fromkeys(ROLES[1:], 405), dict.fromkeys(ROLES[1:], 404)),
    "ask-again": (dict.fromkeys(ROLES[1:], 405), dict.fromkeys(ROLES[1:], 404)),
    "point": (WRITING, dict.fromkeys(ROLES[1:], 405)),
    "point-one": (moved(WRITING), WRITING),
    "point-draft": (only_post(WRITING), WRITING),
    "challenge": (WRITING, WRITING),
    "challenge-new": (WRITING, WRITING),
    "challenge-act": (only_post(WRITING), moved(WRITING)),
    "history": (READING, dict.fromkeys(ROLES[1:], 405)),
    "objective": (WRITING, WRITING),
    "objective-new": (WRITING, WRITING),
    "objective-pending": (WRITING, WRITING),
    "challenge-draft": (only_post(WRITING), WRITING),
    "challenge-new-draft": (only_post(WRITING), WRITING),
    "objective-draft": (only_post(WRITING), WRITING),
    "objective-new-draft": (only_post(WRITING), WRITING),
    "objective-pending-draft": (only_post(WRITING), WRITING),
    "readings": (WRITING, dict.fromkeys(ROLES[1:], 405)),
    "reading": (WRITING, WRITING),
    "reading-draft": (only_post(WRITING), WRITING),
    "commitment": (WRITING, WRITING),
    "commitment-draft": (only_post(WRITING), WRITING),
    "team": (READING, MANAGING),
    "member": (only_post(MANAGING), moved(MANAGING)),
    "invitation": (only_post(MANAGING), moved(MANAGING)),
}


def enter(client, role, territory):
    if role == "nobody":
        return
    if role in {"reader", "contributor", "referent"}:
        user = factories.coordinator(territory=territory, role=role).user
    elif role == "former":
        ended = timezone.now() - timedelta(minutes=1)
        user = factories.coordinator(territory=territory, until=ended).user
    elif role == "neighbour":
        user = factories.coordinator().user
    else:
        user = factories.user(is_staff=role == "staff")
    client.force_login(user)


def test_every_address_is_expected():
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize("name", EXPECTED)
def test_each_role_at_each_address(client, grasse, address, name, role):
    enter(client, role, grasse)
    get, post = EXPECTED[name]

    assert client.get(address(name)).status_code == get[role]
    assert client.post(address(name), {"key": uuid4()}).status_code == post[role]
    for verb in ["put", "patch", "delete"]:
        assert getattr(client, verb)(address(name)).status_code == 405


@pytest.mark.parametrize("name", EXPECTED)
def test_nobody_is_asked_to_sign_in_and_comes_back(client, address, name):
    for verb in ["get", "post"]:
        response = getattr(client, verb)(address(name))

        if response.status_code != 405:
            assert response.status_code == 302
            assert response.url.endswith(f"?next={address(name)}")


def test_a_right_that_has_not_begun_or_a_closed_account_opens_nothing(client, grasse):
    early = factories.coordinator(territory=grasse, since=timezone.now() + timedelta(hours=1))
    client.force_login(early.user)
    assert client.get("/espace/grasse/point/").status_code == 404

    closed = factories.coordinator(territory=grasse, user=factories.user(is_active=False))
    client.force_login(closed.user)
    assert client.get("/espace/grasse/point/").status_code == 302


def test_an_unpublished_challenge_or_one_of_another_territory_takes_no_report(signed_in, grasse):
    client = signed_in()
    draft = factories.challenge(territory=grasse, slug="brouillon", publication="draft")
    other = factories.challenge(slug="ailleurs")

    for challenge in [draft, other]:
        path = f"/espace/grasse/point/{challenge.slug}/"
        assert client.post(path, {"key": uuid4(), "act": "nothing_new"}).status_code == 404
        assert challenge.reports.count() == 0


def test_a_commitment_of_the_state_is_the_states_to_tell(signed_in, grasse):
    owed = factories.commitment(territory=grasse, side="state")

    assert signed_in().get(f"/espace/grasse/engagements/{owed.pk}/").status_code == 404


def test_no_page_of_the_space_is_kept_by_a_cache(signed_in, address):
    response = signed_in().get("/espace/")

    assert response["Cache-Control"] == "private, no-store"
