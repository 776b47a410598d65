"""Which statements would pin a connection of RDS Proxy."""

import pytest

from tests.pinning import TEXT_BYTES_MAX, pins


class TestPins:
    @pytest.mark.parametrize(
        "statement",
        [
            "SET statement_timeout = '5s'",
            "set local lock_timeout to 5",
            "RESET ALL",
            "DISCARD ALL",
            "PREPARE one AS SELECT 1",
            "EXECUTE one",
            "DEALLOCATE ALL",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "LISTEN news",
            "LOAD 'auto_explain'",
            "CREATE TEMP TABLE t (n integer)",
            "create temporary view v as select 1",
            "SELECT 1 AS n INTO TEMP t",
            "SELECT set_config($1, $2, true)",
            "SELECT nextval($1)",
            "SELECT pg_advisory_lock($1)",
            "SELECT pg_try_advisory_lock_shared($1)",
            "/* why */ SET role app_job",
            "SELECT '" + "x" * TEXT_BYTES_MAX + "'",
        ],
    )
    def test_finds_what_the_proxy_cannot_share(self, statement: str) -> None:
        assert pins(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            "SELECT ledger.post(CAST($1 AS jsonb)) AS answer",
            "BEGIN",
            "COMMIT",
            "UPDATE ledger.balance SET version = $1",
            "INSERT INTO outbox.lease VALUES ($1) ON CONFLICT (name) DO UPDATE SET fence = $2",
            "SELECT pg_advisory_xact_lock($1)",
            "SELECT pg_try_advisory_xact_lock_shared($1)",
            "SELECT temperature FROM weather -- SET nothing",
        ],
    )
    def test_lets_the_rest_pass(self, statement: str) -> None:
        assert not pins(statement)
