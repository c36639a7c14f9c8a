import pytest

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


def answer(client, path, **typed):
    """Send the form of a page as the page gives it, with what is typed; follow to the next."""
    return client.post(path, typed, follow=True)


@pytest.fixture
def gunicorn(transactional_db, tmp_path):
    """The site as it is served, by several processes: see tests/space/parallel.py."""
    with parallel.served(tmp_path / "gunicorn.log") as site:
        yield site
