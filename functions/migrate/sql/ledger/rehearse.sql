-- A dry run: everything is done and then undone, so the checks are the same ones and nothing is kept, no key either.
--
-- Locks what the operation locks, while it lasts, and refuses what it refuses; whatever else it raises goes on.
-- Invariants: no row is left, of whatever table: no transaction, event, key, external id, counted attempt, noted wait.
CREATE OR REPLACE FUNCTION ledger.rehearse(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PC001', MESSAGE = 'undone', DETAIL = ledger.perform(command - 'dry_run');
EXCEPTION WHEN SQLSTATE 'PC001' THEN
    GET STACKED DIAGNOSTICS result = PG_EXCEPTION_DETAIL;
    RETURN (coalesce(result::jsonb -> 'answer', result::jsonb) #- '{refusal,kept}') || '{"replayed": false}';
END $$;
REVOKE ALL ON FUNCTION ledger.rehearse(jsonb) FROM PUBLIC;
