"""plpgsql_check reads every function as PostgreSQL will run it: names, types, what is never used or never reached."""

import pg8000.native

# A trigger function is read once for each table that it guards: what NEW and OLD are differs.
# Performance warnings count: a hidden cast in a WHERE clause passes by the index. But for one of them: assigning an
# id, which is text with a CHECK, to a text, or a literal to a bigint, costs nothing that could be measured.
_FINDINGS = """
SELECT f.oid::regprocedure::text, coalesce(t.tgrelid::regclass::text, ''), found.lineno, found.level, found.message
  FROM pg_proc f
  JOIN pg_language l ON l.oid = f.prolang AND l.lanname = 'plpgsql'
  LEFT JOIN (SELECT DISTINCT tgfoid, tgrelid, tgoldtable, tgnewtable FROM pg_trigger WHERE tgparentid = 0) t
         ON t.tgfoid = f.oid,
       LATERAL plpgsql_check_function_tb(f.oid, relid => coalesce(t.tgrelid, 0), oldtable => t.tgoldtable,
           newtable => t.tgnewtable, fatal_errors => false, other_warnings => true, extra_warnings => true,
           performance_warnings => true, security_warnings => true) found
 WHERE found.message <> 'target type is different type than source type'
 ORDER BY 1, 2, 3
"""
_READ = "SELECT count(*) FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang AND l.lanname = 'plpgsql'"
_NOT_READ = """
SELECT f.oid::regprocedure::text FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang AND l.lanname = 'plpgsql'
 WHERE f.prorettype = 'trigger'::regtype AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgfoid = f.oid)
"""
NOT_A_MISTAKE = {
    # It makes tables in statements that are text until they run.
    (
        "ledger.make_partition(text,text,timestamp with time zone,text,text)",
        "routine is marked as VOLATILE, should be STABLE",
    ),
}


class TestEverySqlFunction:
    def test_is_as_plpgsql_check_wants_it(self, schema: pg8000.native.Connection) -> None:
        schema.run("CREATE EXTENSION IF NOT EXISTS plpgsql_check")
        ((read,),) = schema.run(_READ) or []
        found = [row for row in schema.run(_FINDINGS) or [] if (row[0], row[-1]) not in NOT_A_MISTAKE]
        assert read > 80
        assert not found, "\n".join(" | ".join(map(str, row)) for row in found)

    def test_that_is_a_trigger_s_has_a_table_to_be_read_with(self, schema: pg8000.native.Connection) -> None:
        assert schema.run(_NOT_READ) == []
