import pytest
from django.urls import reverse

from tests import factories
from tests.space import parallel


@pytest.fixture
def grasse(db):
    """A labelled territory with a challenge that counts people."""
    territory = factories.territory(name="Pays de Grasse", slug="grasse")
    challenge = factories.challenge(territory=territory, title="Habiter", slug="habiter")
    challenge.goal = factories.objective(challenge=challenge, wording="25 logements", target=25)
    territory.challenge = challenge
    return territory


@pytest.fixture
def signed_in(client, grasse):
    """``signed_in(role)``: the client, as a coordinator of « Pays de Grasse »."""

    def enter(role="referent", **fields):
        coordinator = factories.coordinator(territory=grasse, role=role, **fields)
        client.force_login(coordinator.user)
        client.coordinator = coordinator
        return client

    return enter


@pytest.fixture
def address(grasse):
    """The address of each page, of rows that exist."""
    commitment = factories.commitment(territory=grasse, side="territory")
    reading = factories.reading(objective=grasse.challenge.goal)
    member = factories.coordinator(territory=grasse)
    invitation = factories.invitation(territory=grasse)
    goal = grasse.challenge.goal
    proposed = factories.proposed_change(challenge=grasse.challenge)
    sheet, pending = ["grasse", "habiter"], ["grasse", "habiter", proposed.pk]
    arguments = {
        "challenge": sheet,
        "challenge-new": ["grasse"],
        "challenge-act": sheet,
        "history": sheet,
        "objective": [*sheet, goal.pk],
        "objective-new": sheet,
        "objective-pending": pending,
        "challenge-draft": sheet,
        "challenge-new-draft": ["grasse"],
        "objective-draft": [*sheet, goal.pk],
        "objective-new-draft": sheet,
        "objective-pending-draft": pending,
        "home": [],
        "stop-viewing": [],
        "reminders": [],
        "answer": [invitation.pk],
        "ask-again": [invitation.pk],
        "point": ["grasse"],
        "point-one": ["grasse", "habiter"],
        "point-draft": ["grasse", "habiter"],
        "readings": ["grasse", "habiter"],
        "reading": ["grasse", "habiter", reading.pk],
        "reading-draft": ["grasse", "habiter", reading.pk],
        "commitment": ["grasse", commitment.pk],
        "commitment-draft": ["grasse", commitment.pk],
        "team": ["grasse"],
        "member": ["grasse", member.pk],
        "invitation": ["grasse", invitation.pk],
    }
    return lambda name: reverse(f"space:{name}", args=arguments[name])


def answer(client, path, **typed):
    """Send the form of a page as the page gives it, with what is typed; follow to the next."""
    return client.post(path, typed, follow=True)


@pytest.fixture
def gunicorn(transactional_db, tmp_path):
    """The site as it is served, by several processes: see tests/space/parallel.py."""
    with parallel.served(tmp_path / "gunicorn.log") as site:
        yield site
