"""What is kept of a request that names an address tells nobody the address, and outlives the rotation of its key."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest

from functions.transaction.bulk import bulk
from functions.transaction.schedules.make_schedule import make_schedule
from functions.transaction.schedules.schemas import ScheduleRequest
from functions.transaction.schemas import BulkRequest, TransferRequest
from functions.transaction.transfer import transfer
from local.configuration import Configuration
from local.secrets import database_logins
from local.services.postgres import OWNER, connect
from local.story import Person
from paycore import cache_entries, crypto, ids
from paycore.caller import Caller
from paycore.errors import IdempotencyKeyReused
from paycore.http.strict_json import canonical
from paycore.invariants import present
from paycore.ledger.commands import Move, System, Wallet
from paycore.ledger.post import post_now
from paycore.money import Money
from paycore.origin import Origin
from paycore.request_key import RequestKey, fingerprint
from tests.integration.keeping import ACTIVE, ADDED, RETIRED, Rings, open_account, rows
from tests.integration.ledger_crowd import common
from tests.integration.money import fund, post
from tests.integration.outbox_desk import as_function, own_database
from tests.integration.paying import Backstage
from tests.integration.scheduling import at

DATABASE = "fingerprints_test"
KEPT = """
SELECT fingerprint FROM ledger.idempotency_key WHERE key LIKE '%' || :key
UNION ALL SELECT fingerprint FROM ledger.stored_answer WHERE key = :key
"""
WAYS = ["transfer", "hold", "atomic", "independent", "schedule"]
HERE = Origin("127.0.0.1", "req")


@dataclass
class Sender:
    """Somebody with money, who knows the address of a friend and one that nobody has, and repeats requests."""

    caller: Caller
    wallet_id: str
    friend: str
    nobody: str
    key: str

    def ask(self, way: str, email: str | None = None) -> tuple[Any, bool]:
        """What the one key is answered, and whether it had been before; `email`: in place of the usual one."""
        email = email or (self.nobody if way == "hold" else self.friend)
        body = {"source_wallet_id": self.wallet_id, "target_email": email, "amount": 1, "currency": "EUR"}
        key = RequestKey(self.caller.user_id, f"POST {way}", self.key, self.plain(way, email), "req")
        if way in ("transfer", "hold"):
            outcome = transfer(self.caller, TransferRequest.model_validate(body), key)
            return outcome.completed(), outcome.replayed
        if way == "schedule":
            wanted = ScheduleRequest.model_validate({**body, "execute_at": "2030-01-01T00:00:00Z"})
            answer = make_schedule(self.caller, wanted, HERE, key)
        else:
            answer = bulk(self.caller, BulkRequest.model_validate({"mode": way, "items": [body, body]}), key)
        return answer.body, answer.replayed

    def plain(self, way: str, email: str) -> str:
        return fingerprint("POST", way, "", email)

    def kept(self) -> set[str]:
        """The fingerprints of the key."""
        return {str(row[0]) for row in rows(KEPT, key=self.key)}


@pytest.fixture(scope="module", autouse=True)
def database(platform: Configuration) -> Iterator[None]:
    with own_database(platform, DATABASE):
        yield


@pytest.fixture
def rings(platform: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rings]:
    """This process is a function of the transaction service, with a database of its own."""
    monkeypatch.setattr(cache_entries, "outdate", lambda *_: None)  # no Redis here
    with as_function(platform, monkeypatch, "app_rw", DATABASE):
        yield Rings(monkeypatch)
    crypto.key_ring.cache_clear()


@pytest.fixture
def sender(rings: Rings) -> Sender:  # noqa: ARG001  # the ring that the friend's address is found by
    friend, nobody = (f"{secrets.token_hex(8)}@example.com" for _ in range(2))
    made = Sender(
        Caller(ids.new("usr"), "ses", frozenset({"user"})), ids.new("wal"), friend, nobody, secrets.token_hex(8)
    )
    theirs = (present(open_account(friend), "the address is new").id, ids.new("wal"))
    for owner_id, wallet_id in ((made.caller.user_id, made.wallet_id), theirs):
        rows("SELECT ledger.open_wallet(:id, :owner_id, 'EUR')", id=wallet_id, owner_id=owner_id)
        rows(
            "INSERT INTO wallet.wallet (id, owner_id, currency) VALUES (:id, :owner_id, 'EUR') RETURNING id",
            id=wallet_id,
            owner_id=owner_id,
        )
    money, bank = Money(1000, "EUR"), System("clearing_bank")
    post_now(Move(**common(), kind="funds_added", money=money, source=bank, target=Wallet(made.wallet_id))).completed()
    return made


def _change(platform: Configuration, statement: str, **values: object) -> None:
    """What no function may."""
    owner = connect(platform, platform.ports.postgres, OWNER, database_logins(platform)[OWNER], DATABASE)
    with closing(owner) as connection:
        connection.run(statement, **values)


@pytest.mark.parametrize("way", WAYS)
class TestKey:
    def test_is_kept_by_no_plain_hash(self, sender: Sender, way: str) -> None:
        sender.ask(way)
        assert {kept.partition(".")[0] for kept in sender.kept()} == {"k1"}

    @pytest.mark.parametrize("later", [ADDED, ACTIVE], ids=["a key is added", "the new key is current"])
    def test_replays_while_keys_change(self, sender: Sender, rings: Rings, way: str, later: dict[str, str]) -> None:
        first, replayed = sender.ask(way)
        assert not replayed
        rings.hold(later)
        assert sender.ask(way) == (first, True)
        with pytest.raises(IdempotencyKeyReused):
            sender.ask(way, sender.friend if way == "hold" else sender.nobody)

    def test_of_an_environment_that_is_ahead_replays(self, sender: Sender, rings: Rings, way: str) -> None:
        rings.hold(ACTIVE)
        first, _ = sender.ask(way)
        rings.hold(ADDED)
        assert sender.ask(way) == (first, True)

    def test_of_the_release_before_replays(self, sender: Sender, platform: Configuration, way: str) -> None:
        first, _ = sender.ask(way)
        plain = sender.plain(way, sender.nobody if way == "hold" else sender.friend)
        for table in ("idempotency_key", "stored_answer"):
            statement = f"UPDATE ledger.{table} SET fingerprint = :plain WHERE key LIKE '%' || :key"  # noqa: S608
            _change(platform, statement, plain=plain, key=sender.key)
        assert sender.ask(way) == (first, True)

    def test_of_a_retired_key_of_the_ring_moves_nothing(self, sender: Sender, rings: Rings, way: str) -> None:
        sender.ask(way)
        rings.hold(RETIRED)
        with pytest.raises(IdempotencyKeyReused):
            sender.ask(way)


class TestInterruptedBulk:
    def test_goes_on_under_a_new_key(self, sender: Sender, rings: Rings, platform: Configuration) -> None:
        """As if its process had died before its second item."""
        first, _ = sender.ask("independent")
        _change(platform, "UPDATE ledger.stored_answer SET status = NULL, body = NULL WHERE key = :key", key=sender.key)
        lost = "DELETE FROM ledger.idempotency_key WHERE key = '1 ' || :key OR key = '0 ' || :key AND principal LIKE '% call'"
        _change(platform, lost, key=sender.key)
        rings.hold(ACTIVE)
        again, _ = sender.ask("independent")
        assert [each["status"] for each in again["data"]] == ["completed"] * 2
        assert (again["data"][0], again["data"][1] != first["data"][1]) == (first["data"][0], True)


class TestThroughTheDoor:
    @pytest.mark.parametrize("way", WAYS)
    def test_nothing_is_kept_by_the_plain_hash(
        self, payer: Person, payee: Person, admin: Person, backstage: Backstage, way: str
    ) -> None:
        fund(admin, payer.wallet_id, 10)
        email = f"{secrets.token_hex(8)}@example.com" if way == "hold" else payee.email
        item = {"source_wallet_id": payer.wallet_id, "target_email": email, "amount": 1, "currency": "EUR"}
        path, body = {
            "schedule": ("/v1/schedules", {**item, "execute_at": at(3600)}),
            "atomic": ("/v1/transactions/bulk", {"mode": way, "items": [item]}),
            "independent": ("/v1/transactions/bulk", {"mode": way, "items": [item]}),
        }.get(way, ("/v1/transactions/transfer", item))
        key = secrets.token_hex(8)
        made = post(payer, path, body, key)
        assert made.status == 201, made.raw
        again = post(payer, path, body, key)
        assert (again.raw, again.headers["idempotency-replayed"]) == (made.raw, "true")
        kept = {str(row[0]) for row in backstage.sql(KEPT, key=key)}
        assert kept
        assert fingerprint("POST", path, "", canonical(body)) not in kept
