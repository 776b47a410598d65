"""What the functions' roles may write by themselves: of the ledger nothing that money stands in."""

import pg8000.native
import pytest

# In the ledger: answers that are no movement, rates and limits that an admin sets, results of verifications.
WRITES = {
    "app_rw": {
        "ledger.exchange_rate": "INSERT",
        "ledger.spending_limit": "DELETE INSERT UPDATE",
        "ledger.step_up_limit": "DELETE INSERT UPDATE",
        "ledger.stored_answer": "INSERT UPDATE",
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
