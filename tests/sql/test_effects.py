"""What has one effect only because one clause says so: a key, and a relay's mark under its fence."""

import json
from collections.abc import Iterator

import pg8000.native
import pytest
from sqlalchemy import text

from functions.outbox import store
from local.configuration import Configuration
from tests.integration.outbox_desk import as_function
from tests.sql.conftest import DATABASE
from tests.sql.guards import rows

_COMMAND = {
    "operation": "transfer",
    "kind": "transfer",
    "key": {
        "principal": "usr_1",
        "route": "POST /transfer",
        "key": "one",
        "fingerprint": "same",
        "request_id": "req_1",
    },
    "actor_id": "usr_1",
    "currency": "EUR",
    "amount": 1,
    "source": {"wallet_id": "wal_1"},
    "target": {"wallet_id": "wal_2"},
}
_PAYEE = (
    "INSERT INTO ledger.account (id, owner_id, kind, currency) VALUES ('wal_2', 'usr_2', 'wallet', 'EUR')",
    "INSERT INTO ledger.balance (account_id) VALUES ('wal_2')",
)
_POST = """
SELECT ledger.post(CAST(:command AS jsonb)
                   || jsonb_build_object('transaction_id', ledger.first_id('tx', clock_timestamp()) || :name))
"""


def _received(schema: pg8000.native.Connection) -> int:
    """What the payee has after the same command was sent twice under one key."""
    for statement in _PAYEE:
        schema.run(statement)
    for name in ("first", "second"):
        schema.run(_POST, command=json.dumps(_COMMAND), name=name)
    ((posted,),) = schema.run("SELECT posted_minor FROM ledger.balance WHERE account_id = 'wal_2'") or []
    return int(posted)


class TestKey:
    def test_has_one_effect(self, schema: pg8000.native.Connection) -> None:
        with rows(schema):
            assert _received(schema) == 1

    def test_has_two_when_it_need_not_be_unique(self, schema: pg8000.native.Connection) -> None:
        with rows(schema):
            schema.run("ALTER TABLE ledger.idempotency_key DROP CONSTRAINT idempotency_key_pkey")
            assert _received(schema) == 2


@pytest.fixture
def relay(
    platform: Configuration, schema: pg8000.native.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pg8000.native.Connection]:
    """This process is the relay's function; the owner of the tables looks on."""
    with as_function(platform, monkeypatch, "app_job", DATABASE):
        yield schema
    schema.run("DELETE FROM outbox.lease")


def _old_fence(schema: pg8000.native.Connection) -> int:
    """That of a relay whose lease another has taken since."""
    fence = store.claim("first").fence
    schema.run("UPDATE outbox.lease SET expires_at = clock_timestamp() - interval '1 ms'")
    store.claim("second")
    return fence


class TestMark:
    def test_does_nothing_under_an_old_fence(self, relay: pg8000.native.Connection) -> None:
        with pytest.raises(store.Deposed):
            store.mark(_old_fence(relay), [])

    def test_would_without_its_fence(self, relay: pg8000.native.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        unfenced = store._MARK.text.replace("AND fence = :fence", "AND :fence > 0")
        assert unfenced != store._MARK.text
        monkeypatch.setattr(store, "_MARK", text(unfenced))
        store.mark(_old_fence(relay), [])
