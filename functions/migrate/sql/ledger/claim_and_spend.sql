-- The last of the checks: the external id is free, and no limit is exceeded. What was judged comes in; null, or the
-- refusal, goes out. A refusal consumes no external id, and only what is not refused counts as spent.
--
-- Locks the payer's counter, if limits hold, then the external id, for which a twin in flight is waited for; the balances
-- are locked. A bulk has all its counters before it claims an id, so whoever claims one has the counter, too.
-- Refuses: one attempt too many in the hour; else what was judged; else duplicate_external_id; else what ledger.spend
-- says.
CREATE OR REPLACE FUNCTION ledger.claim_and_spend(command jsonb, payer ledger.purse, owner text, judged jsonb)
RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    refusal jsonb := judged;
    claimed boolean := false;
BEGIN
    IF judged IS NULL AND command ->> 'external_id' IS NOT NULL THEN
        IF EXISTS (SELECT FROM ledger.spending_limit l
                    WHERE l.role = ANY (ledger.limit_roles(command)) AND l.currency = payer.currency::bpchar) THEN
            PERFORM ledger.take_counter(payer.owner_id, payer.currency);
        END IF;
        refusal := ledger.claim_external_id(command, owner);
        claimed := refusal IS NULL;
    END IF;
    refusal := ledger.spend(command, payer, refusal);
    IF claimed AND refusal IS NOT NULL THEN
        DELETE FROM ledger.external_id e
         WHERE e.owner_id = ledger.reference_owner(command ->> 'kind', owner)
           AND e.external_id = command ->> 'external_id';
    END IF;
    RETURN refusal;
END $$;
REVOKE ALL ON FUNCTION ledger.claim_and_spend(jsonb, ledger.purse, text, jsonb) FROM PUBLIC;
