"""The names of addresses that money was sent to, or that somebody looked for in vain: gone once nobody needs them."""

import secrets
from typing import Any

import pytest

from local.configuration import Configuration
from local.story import Person
from paycore import ids
from tests.integration.desk import Desk
from tests.integration.leaving import ME
from tests.integration.local_platform.caller import wait_until
from tests.integration.money import go_on, transfer
from tests.integration.newcomer import Newcomer
from tests.integration.paying import Backstage

OF_ADDRESS = "SELECT transaction_id FROM transfer.unclaimed WHERE address_hmac = :hmac ORDER BY transaction_id"
LOOKED_FOR = "SELECT day FROM transfer.new_address WHERE :hmac = ANY(address_hmacs)"
# As a claim of the release before left it.
LEFT = """
INSERT INTO transfer.unclaimed (transaction_id, sender_id, currency, address_hmac, claimed_at)
VALUES (:id, 'usr_sender', 'EUR', :hmac, clock_timestamp())
"""


@pytest.fixture
def ben(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who has no account yet."""
    return Newcomer(desk, platform.ports.gateway)


def _send(payer: Person, to: Newcomer) -> str:
    """The id of a hold for the address."""
    made = transfer(payer, None, 10, target_email=to.email)
    assert (made.status, made.body["status"]) == (201, "pending"), made.raw
    return str(made.body["id"])


def _void(payer: Person, hold_id: str) -> None:
    assert go_on(payer, hold_id, "void").status == 201


def _claimed(ben: Newcomer, desk: Desk, hold_id: str) -> None:
    """They register and open a wallet."""
    ben.settle_in().sign_in()
    assert ben.client.request("POST", "/v1/wallets", {"currency": "EUR"}).status == 201
    state = "SELECT state FROM ledger.hold WHERE transaction_id = :id"
    wait_until(lambda: desk.rows(state, id=hold_id) == [["captured"]])


def _erase(ben: Newcomer, backstage: Backstage, path: str = ME) -> None:
    user_id = ben.user_id
    assert ben.client.request("DELETE", path).status == 204
    closed = "UPDATE identity.user SET closed_at = clock_timestamp() - interval '7 days' WHERE id = :id"
    backstage.sql(closed, id=user_id)
    backstage.invoke("user-erase_accounts")


def _left(desk: Desk, ben: Newcomer) -> list[Any]:
    """The holds that still stand beside the name of the address."""
    return [hold_id for (hold_id,) in desk.rows(OF_ADDRESS, hmac=desk.address_hmac(ben.email))]


class TestMoney:
    def test_that_was_claimed_stands_beside_no_address(self, rich: Person, ben: Newcomer, desk: Desk) -> None:
        hold_id = _send(rich, ben)
        assert _left(desk, ben) == [hold_id]
        _claimed(ben, desk, hold_id)
        assert _left(desk, ben) == []

    def test_that_went_back_is_forgotten_with_the_account_but_not_what_waits(
        self, rich: Person, ben: Newcomer, desk: Desk, backstage: Backstage
    ) -> None:
        over, waiting = _send(rich, ben), _send(rich, ben)
        _void(rich, over)
        ben.settle_in().sign_in()
        _erase(ben, backstage)
        assert _left(desk, ben) == [waiting]

    def test_that_the_release_before_saw_claimed_is_forgotten_with_the_account(
        self, rich: Person, ben: Newcomer, desk: Desk, backstage: Backstage
    ) -> None:
        hold_id = _send(rich, ben)
        _claimed(ben, desk, hold_id)
        backstage.sql("DELETE FROM transfer.unclaimed WHERE transaction_id = :id", id=hold_id)
        backstage.sql(LEFT, id=hold_id, hmac=desk.address_hmac(ben.email))
        _erase(ben, backstage, f"{ME}?sweep_to={rich.wallet_id}")
        assert _left(desk, ben) == []


class TestTending:
    def test_forgets_what_is_over_two_weeks_after_it_was_sent(
        self, rich: Person, ben: Newcomer, desk: Desk, backstage: Backstage
    ) -> None:
        late, young, waiting = (_send(rich, ben) for _ in range(3))
        for hold_id in (late, young):
            _void(rich, hold_id)
        for hold_id, ago in ((late, "14 days"), (young, "13 days"), (waiting, "15 days")):
            aged = (
                "UPDATE transfer.unclaimed SET created_at = now() - CAST(:ago AS interval) WHERE transaction_id = :id"
            )
            backstage.sql(aged, id=hold_id, ago=ago)
        backstage.invoke("transaction-tend_ledger")
        assert _left(desk, ben) == sorted([young, waiting])

    def test_forgets_what_was_looked_for_on_another_day(self, desk: Desk, backstage: Backstage) -> None:
        names = [desk.address_hmac(f"{secrets.token_hex(8)}@example.com") for _ in range(2)]
        for hmac, days in zip(names, (1, 0), strict=True):
            backstage.sql(
                "INSERT INTO transfer.new_address (sender_id, day, addresses, address_hmacs) "
                "VALUES (:id, (now() AT TIME ZONE 'UTC')::date - CAST(:days AS integer), 1, ARRAY[:hmac])",
                id=ids.new("usr"), hmac=hmac, days=days,
            )  # fmt: skip
        backstage.invoke("transaction-tend_ledger")
        assert [len(desk.rows(LOOKED_FOR, hmac=hmac)) for hmac in names] == [0, 1]
