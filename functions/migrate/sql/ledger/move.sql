-- A movement of money whose accounts are locked and judged, written down: entries and balances, transaction, events;
-- or, where it was refused, a failed transaction and its event. `purses` begins with the payer; `amounts` are signed,
-- beside the purses. Transfers, funds, payments, captures, reversals, conversions and sweeps end here. Only the reversal of
-- a split has several payers, before its one target; then the transaction names no source.
-- `releases`: what of the payer's holds ends with it. `details`: what only this kind of movement has.
--
-- Invariants: one transaction for one command; `amounts` sum to zero in each currency, and a trigger checks it
-- again; the events are of the same commit, at the instant of the entries.
-- Locks nothing and refuses nothing of its own: it writes down the refusal that comes in, or nothing if it is not kept.
CREATE OR REPLACE FUNCTION ledger.move(
    command jsonb, purses ledger.purse[], amounts bigint[], refusal jsonb, details jsonb DEFAULT '{}',
    releases bigint DEFAULT 0
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    many_pay boolean := command ->> 'kind' = 'reversal' AND details ? 'splits';
    source  ledger.purse := CASE WHEN NOT many_pay THEN purses[1] END;
    target  ledger.purse := CASE WHEN cardinality(purses) = 2 OR command ->> 'kind' IN ('conversion', 'reversal')
                                 THEN purses[cardinality(purses)] END;
    instant timestamptz := ledger.next_instant(purses);
    made    ledger.transaction;
    legs    jsonb := '[]'::jsonb;
BEGIN
    IF refusal -> 'kept' = 'false' THEN
        RETURN jsonb_build_object('refusal', refusal);
    ELSIF refusal IS NULL THEN
        legs := ledger.book(command ->> 'transaction_id', purses, amounts, instant, releases);
    END IF;
    INSERT INTO ledger.transaction AS t (id, kind, status, currency, amount_minor,
        source_account_id, source_owner_id, target_account_id, target_owner_id, original_id,
        actor_id, description, external_id, reason, metadata, legs, details, failure, request_id,
        requested_at, posted_at)
    VALUES (command ->> 'transaction_id', command ->> 'kind',
        CASE WHEN refusal IS NULL THEN 'completed' ELSE 'failed' END, command ->> 'currency',
        CASE WHEN many_pay THEN amounts[cardinality(amounts)] ELSE -amounts[1] END,
        source.account_id, source.owner_id, target.account_id, target.owner_id, command ->> 'original_id',
        command ->> 'actor_id', command ->> 'description', command ->> 'external_id', command ->> 'reason',
        coalesce(command -> 'metadata', '{}'), legs, details, refusal, command -> 'key' ->> 'request_id',
        instant, CASE WHEN refusal IS NULL THEN instant END)
    RETURNING t.* INTO made;
    PERFORM ledger.stage_movement(made, coalesce(source.kind = 'wallet', true), coalesce(target.kind = 'wallet', true));
    IF refusal IS NOT NULL THEN
        RETURN jsonb_build_object('refusal', refusal);
    END IF;
    RETURN jsonb_build_object('transaction', ledger.facts(made));
END $$;
REVOKE ALL ON FUNCTION ledger.move(jsonb, ledger.purse[], bigint[], jsonb, jsonb, bigint) FROM PUBLIC;
