-- What of a movement of `moved` minor units can still be brought back. Its lock orders its reversals; what they have
-- taken is summed in a later statement.
CREATE OR REPLACE FUNCTION ledger.lock_reversible(wanted text, moved bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger.transaction t WHERE t.id = wanted FOR NO KEY UPDATE;
    RETURN moved - coalesce((SELECT sum(t.amount_minor) FROM ledger.transaction t
                              WHERE t.original_id = wanted AND t.kind = 'reversal' AND t.status = 'completed'), 0);
END $$;
REVOKE ALL ON FUNCTION ledger.lock_reversible(text, bigint) FROM PUBLIC;
