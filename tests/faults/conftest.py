"""People with money, made while everything works: a whole module shares them."""

import secrets

import pytest

from local.configuration import Configuration
from tests.faults.household import FUNDS, Household
from tests.integration.people import Town


@pytest.fixture(scope="module")
def household(platform: Configuration) -> Household:
    """Two people with a wallet each, the first one with funds, and an admin; every function they need is warm."""
    town = Town(platform)
    made = Household(platform, town.person("EUR"), town.person("EUR"), town.admin())
    body = {"amount": FUNDS, "currency": "EUR", "reason": "test"}
    path = f"/v1/wallets/{made.payer.wallet_id}/funds/add"
    assert made.admin.client.request("POST", path, body, key=secrets.token_hex(8)).status == 201
    return made
