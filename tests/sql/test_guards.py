"""Each rule of the ledger's tables and each trigger refuses what it is there for; taken away, its test is red."""

import pg8000.native
import pytest

from tests.sql.guards import CONSTRAINTS, DOMAINS, TRIGGERS, guards, keeps, rows

_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
 WHERE c.connamespace IN ('ledger'::regnamespace, 'outbox'::regnamespace) AND c.conrelid <> 0
   AND NOT EXISTS (SELECT FROM pg_inherits p WHERE p.inhrelid = c.conrelid)
"""
_DOMAINS = """
SELECT c.contypid::regtype::text, c.conname FROM pg_constraint c
 WHERE c.connamespace IN ('ledger'::regnamespace, 'public'::regnamespace) AND c.contypid <> 0
"""
_TRIGGERS = """
SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t
 WHERE NOT t.tgisinternal
   AND NOT EXISTS (SELECT FROM pg_inherits p WHERE p.inhrelid = t.tgrelid)
"""
_PARTITIONS = """
SELECT p.inhrelid::regclass::text FROM pg_inherits p
 WHERE p.inhparent IN ('ledger.transaction'::regclass, 'ledger.entry'::regclass)
"""


def _name(guard: object) -> str:
    return " ".join(map(str, guard)) if isinstance(guard, tuple) else str(guard)


class TestConstraints:
    def test_each_has_its_example(self, schema: pg8000.native.Connection) -> None:
        assert {(table, name) for table, name in schema.run(_CONSTRAINTS) or []} == set(CONSTRAINTS)

    @pytest.mark.parametrize("guard", CONSTRAINTS, ids=_name)
    def test_refuses_its_example(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        with rows(schema):
            assert keeps(schema, guard[0], CONSTRAINTS[guard], guard[1])

    @pytest.mark.parametrize("guard", CONSTRAINTS, ids=_name)
    def test_is_missed_when_it_is_gone(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        table, name = guard
        with rows(schema):
            schema.run(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
            assert not keeps(schema, table, CONSTRAINTS[guard], name)


class TestDomains:
    def test_each_has_its_example(self, schema: pg8000.native.Connection) -> None:
        assert {(domain, name) for domain, name in schema.run(_DOMAINS) or []} == set(DOMAINS)

    @pytest.mark.parametrize("guard", DOMAINS, ids=_name)
    def test_refuses_its_example(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        with rows(schema):
            assert keeps(schema, *DOMAINS[guard], guard[1])

    @pytest.mark.parametrize("guard", DOMAINS, ids=_name)
    def test_is_missed_when_it_is_gone(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        domain, name = guard
        with rows(schema):
            schema.run(f"ALTER DOMAIN {domain} DROP CONSTRAINT {name}")
            assert not keeps(schema, *DOMAINS[guard], name)


class TestTriggers:
    def test_each_has_its_example(self, schema: pg8000.native.Connection) -> None:
        assert {(table, name) for table, name in schema.run(_TRIGGERS) or []} == set(TRIGGERS)

    @pytest.mark.parametrize("guard", TRIGGERS, ids=_name)
    def test_refuses_its_examples(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        with rows(schema):
            for statement in TRIGGERS[guard]:
                assert guards(schema, statement), statement

    @pytest.mark.parametrize("guard", TRIGGERS, ids=_name)
    def test_is_missed_when_it_is_gone(self, schema: pg8000.native.Connection, guard: tuple[str, str]) -> None:
        table, name = guard
        with rows(schema):
            schema.run(f"DROP TRIGGER {name} ON {table}")
            for statement in TRIGGERS[guard]:
                assert not guards(schema, statement), statement

    def test_no_partition_may_be_truncated(self, schema: pg8000.native.Connection) -> None:
        partitions = [row[0] for row in schema.run(_PARTITIONS) or []]
        assert len(partitions) >= 12
        with rows(schema):
            for partition in partitions:
                assert guards(schema, f"TRUNCATE {partition}"), partition

    def test_a_partition_s_own_is_missed_when_it_is_gone(self, schema: pg8000.native.Connection) -> None:
        with rows(schema):
            for (partition,) in schema.run(_PARTITIONS) or []:
                schema.run(f"DROP TRIGGER never_truncated ON {partition}")
                assert not guards(schema, f"TRUNCATE {partition}"), partition
