"""What the functions' roles may write by themselves: of the ledger nothing that money stands in."""

from collections.abc import Iterator

import pg8000.native
import pytest

from functions.transaction.conversion import store as rates
from functions.transaction.limits import store as limits
from functions.transaction.step_up import store as step_up
from local.configuration import Configuration
from paycore.database import Connection, transaction
from paycore.errors import IdempotencyKeyReused
from paycore.idempotency import Answer, claim, keep
from paycore.request_key import RequestKey
from tests.integration.outbox_desk import as_function
from tests.sql.conftest import DATABASE

# What the release before this one still writes without the ledger's functions: it goes one release later (decision 44).
LEAVING = {
    "ledger.exchange_rate": "INSERT",
    "ledger.spending_limit": "DELETE INSERT UPDATE",
    "ledger.step_up_limit": "DELETE INSERT UPDATE",
    "ledger.stored_answer": "INSERT UPDATE",
}
# In the ledger: results of verifications.
WRITES = {
    "app_rw": {
        **LEAVING,
        "outbox.event": "INSERT",
    },
    "app_job": {
        "ledger.verification": "DELETE INSERT",
        "outbox.event": "INSERT UPDATE",
        "outbox.lease": "INSERT UPDATE",
        "outbox.stuck_key": "DELETE INSERT UPDATE",
    },
}
GRANTED = """
SELECT table_schema || '.' || table_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)
  FROM information_schema.role_table_grants
 WHERE grantee = :role AND table_schema IN ('ledger', 'outbox') AND privilege_type <> 'SELECT'
 GROUP BY 1
"""
COLUMNS = """
SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.role_column_grants c
 WHERE grantee IN ('app_rw', 'app_job', 'PUBLIC') AND table_schema IN ('ledger', 'outbox') AND privilege_type <> 'SELECT'
   AND NOT EXISTS (SELECT FROM information_schema.role_table_grants t
                    WHERE (t.grantee, t.table_schema, t.table_name, t.privilege_type)
                        = (c.grantee, c.table_schema, c.table_name, c.privilege_type))
"""
OPEN_TO_ALL = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname IN ('ledger', 'outbox', 'directory', 'identity', 'transfer') AND p.prorettype <> 'trigger'::regtype
   AND has_function_privilege('public', p.oid, 'EXECUTE')
"""


class TestRole:
    @pytest.mark.parametrize("role", WRITES)
    def test_writes_no_more_than_it_must(self, schema: pg8000.native.Connection, role: str) -> None:
        granted = dict(schema.run(GRANTED, role=role) or [])
        assert granted == WRITES[role]

    def test_has_no_right_to_a_single_column(self, schema: pg8000.native.Connection) -> None:
        assert schema.run(COLUMNS) == []

    def test_calls_only_what_it_was_granted(self, schema: pg8000.native.Connection) -> None:
        assert schema.run(OPEN_TO_ALL) == []


@pytest.fixture
def later(
    platform: Configuration, schema: pg8000.native.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    """A transaction of a function's, one release later: without the rights that are leaving."""
    for table, rights in LEAVING.items():
        schema.run(f"REVOKE {rights.replace(' ', ', ')} ON {table} FROM app_rw")
    try:
        with as_function(platform, monkeypatch, "app_rw", DATABASE), transaction() as connection:
            yield connection
            connection.exec_driver_sql("ROLLBACK")
    finally:
        for table, rights in LEAVING.items():
            schema.run(f"GRANT {rights.replace(' ', ', ')} ON {table} TO app_rw")


class TestFunction:
    """Of the ledger writes by the ledger's own."""

    def test_loads_a_rate(self, later: Connection) -> None:
        rate = {"source_currency": "EUR", "target_currency": "USD", "rate": "1.50", "loaded_by": "usr_1"}
        loaded = rates.load_rate(later, {"rate_id": "rate_later", **rate})
        assert (loaded.rate, loaded.loaded_at[-1]) == ("1.5", "Z")

    def test_sets_and_lifts_limits(self, later: Connection) -> None:
        own = {"role": "user", "currency": "CHF", "per_transaction": None, "per_day": 2**40, "per_month": None}
        for per_hour in (1, 2):
            limits.put(later, {**own, "count_per_hour": per_hour})
        assert [tuple(row) for row in limits.list_all(later)] == [("user", "CHF", None, 2**40, None, 2)]
        assert [limits.remove(later, "user", "CHF") for _ in range(2)] == [True, False]
        for above in (1, 2**40):
            step_up.put(later, "CHF", above)
        assert [tuple(row) for row in step_up.list_all(later)] == [("CHF", 2**40)]
        assert [step_up.remove(later, "CHF") for _ in range(2)] == [True, False]

    def test_claims_a_key_and_keeps_its_answer(self, later: Connection) -> None:
        key, other = (RequestKey("usr_1", "POST /later", "one", fingerprint, "req_1") for fingerprint in "ab")
        first = claim(later, key, "pay_later", lease_s=0)
        assert (first.subject, first.is_new) == ("pay_later", True)
        second = claim(later, key, lease_s=0)
        assert (second.subject, second.is_new, second.reply) == ("pay_later", False, None)
        assert keep(later, key, Answer(201, {"a": "\u00e4"})) == Answer(201, {"a": "\u00e4"})
        assert keep(later, key, Answer(200, {})) == Answer(201, {"a": "\u00e4"}, replayed=True)
        with pytest.raises(IdempotencyKeyReused):
            claim(later, other)
