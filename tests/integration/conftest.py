"""Fixtures of the integration tests."""

import pytest

from local.configuration import Configuration
from local.story import Person
from tests.integration.paying import Backstage
from tests.integration.people import Town


@pytest.fixture(scope="session")
def town(platform: Configuration) -> Town:
    """Makes people of the running system."""
    return Town(platform)


@pytest.fixture(scope="session")
def admin(town: Town) -> Person:
    """One admin for all tests; each request of its own still counts towards its address's limit."""
    return town.admin()


@pytest.fixture
def payer(town: Town) -> Person:
    """Somebody with an empty EUR wallet."""
    return town.person("EUR")


@pytest.fixture
def payee(town: Town) -> Person:
    """Somebody else with an empty EUR wallet."""
    return town.person("EUR")


@pytest.fixture(scope="session")
def backstage(platform: Configuration) -> Backstage:
    """The running system as its operator reaches it."""
    return Backstage(platform)
