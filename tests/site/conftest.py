import pytest

from tests import factories


@pytest.fixture
def camille(client_of):
    user = factories.user(name="Camille Martin", is_staff=True, is_superuser=True)
    return client_of(user)


@pytest.fixture
def alix(client_of):
    user = factories.user(name="Alix Durand", is_staff=True, is_superuser=True)
    return client_of(user)
