"""Cached reads through the public door: the entry is shown while it lives, to its owner alone, and only on its own path."""

import json
import secrets
from collections.abc import Iterator

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from paycore.cache_entries import transaction_key, wallet_key
from tests.integration.desk import Desk
from tests.integration.money import fund, go_on, held, transfer

MARK = "only a changed entry shows this"


@pytest.fixture(scope="module")
def desk(platform: Configuration) -> Iterator[Desk]:
    """Stands behind the API."""
    own = Desk(platform)
    yield own
    own.close()


def _show(person: Person, path: str) -> Answer:
    return person.client.request("GET", path)


def _change(desk: Desk, key: str, **changes: object) -> None:
    body = desk.redis.hget(key, "b")
    assert isinstance(body, bytes)
    desk.redis.hset(key, "b", json.dumps(json.loads(body) | changes))


class TestWallet:
    def test_is_shown_from_the_entry_and_the_balance_is_not(self, payer: Person, desk: Desk) -> None:
        path = f"/v1/wallets/{payer.wallet_id}"
        assert _show(payer, path).body["name"] is None
        _change(desk, wallet_key(payer.wallet_id), name=MARK)
        assert _show(payer, path).body["name"] == MARK
        assert _show(payer, f"{path}/balance").body["posted"] == 0

    def test_a_stranger_finds_nothing_though_the_entry_is_there(self, payer: Person, payee: Person) -> None:
        path = f"/v1/wallets/{payer.wallet_id}"
        assert _show(payer, path).status == 200
        answer = _show(payee, path)
        assert (answer.status, answer.body["code"]) == (404, "wallet_not_found")

    def test_an_entry_that_is_gone_is_written_again(self, payer: Person, desk: Desk) -> None:
        path = f"/v1/wallets/{payer.wallet_id}"
        first = _show(payer, path)
        desk.redis.delete(wallet_key(payer.wallet_id))
        assert _show(payer, path).raw == first.raw
        assert desk.redis.exists(wallet_key(payer.wallet_id)) == 1

    def test_a_commit_outdates_the_entry(self, payer: Person, admin: Person) -> None:
        path = f"/v1/wallets/{payer.wallet_id}"
        assert _show(payer, path).body["balance"]["posted"] == 0
        funds = {"amount": 700, "currency": "EUR", "reason": "test"}
        assert admin.client.request("POST", f"{path}/funds/add", funds, key=secrets.token_hex(8)).status == 201
        assert _show(payer, path).body["balance"]["posted"] == 700


class TestTransaction:
    def test_is_shown_from_the_entry_to_its_parties_alone(self, payer: Person, payee: Person, admin: Person) -> None:
        funds = {"amount": 100, "currency": "EUR", "reason": "test"}
        added = admin.client.request(
            "POST", f"/v1/wallets/{payer.wallet_id}/funds/add", funds, key=secrets.token_hex(8)
        )
        path = f"/v1/transactions/{added.body['id']}"
        first = _show(payer, path)
        assert (first.status, first.raw) == (200, _show(payer, path).raw)
        answer = _show(payee, path)
        assert (answer.status, answer.body["code"]) == (404, "transaction_not_found")

    def test_is_in_the_cache_from_its_commit_on(self, payer: Person, payee: Person, admin: Person, desk: Desk) -> None:
        fund(admin, payer.wallet_id, 100)
        made = transfer(payer, payee.wallet_id, 30)
        key = transaction_key(made.body["id"])
        body = desk.redis.hget(key, "b")
        shown = _show(payer, f"/v1/transactions/{made.body['id']}")
        assert (shown.status, shown.body) == (200, made.body)
        assert desk.redis.hget(key, "b") == body, "nobody had to write it again"
        assert body

    def test_read_from_postgresql_is_the_same(self, payer: Person, payee: Person, admin: Person, desk: Desk) -> None:
        fund(admin, payer.wallet_id, 100)
        made = transfer(payer, payee.wallet_id, 30)
        key = transaction_key(made.body["id"])
        written = desk.redis.hgetall(key)
        desk.redis.delete(key)
        _show(payer, f"/v1/transactions/{made.body['id']}")
        read = desk.redis.hgetall(key)
        assert (json.loads(read[b"b"]), read[b"v"]) == (json.loads(written[b"b"]), written[b"v"])

    def test_of_a_repeat_is_not_written(self, payer: Person, payee: Person, admin: Person, desk: Desk) -> None:
        fund(admin, payer.wallet_id, 100)
        repeated = secrets.token_hex(8)
        made = transfer(payer, payee.wallet_id, 30, repeated)
        key = transaction_key(made.body["id"])
        desk.redis.delete(key)
        assert transfer(payer, payee.wallet_id, 30, repeated).raw == made.raw
        assert not desk.redis.hget(key, "b"), "the answer of then may be old"

    def test_that_may_end_by_itself_is_not_written(
        self, payer: Person, payee: Person, admin: Person, desk: Desk
    ) -> None:
        fund(admin, payer.wallet_id, 100)
        hold_id = held(payer, payee.wallet_id, 30)
        assert not desk.redis.hget(transaction_key(hold_id), "b")

    def test_a_reversal_outdates_the_entry(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        made = transfer(payer, payee.wallet_id, 30)
        path = f"/v1/transactions/{made.body['id']}"
        assert _show(payer, path).body["status"] == "completed"
        assert go_on(payee, made.body["id"], "reverse", reason="test").status == 201
        assert _show(payer, path).body["status"] == "reversed"
