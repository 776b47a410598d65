-- Money from one account to another, or split among several (`targets`: [{wallet_id, amount}], in the order of the
-- request; their amounts sum to the command's). Also funds and payments, from and to our own accounts.
--
-- Locks the accounts' rows in the order of their ids, then the payer's counter, then the external id.
-- Invariants: the payer gives exactly what the payees get, in one currency; a refusal moves nothing and leaves a
-- failed transaction, or ("kept": false) nothing at all. That of an absent wallet is kept in the key of an item that
-- has one (`keeps_all`: ledger.bulk), and is not kept otherwise.
-- Refuses: an absent wallet or another owner's source; then, in this order, what ledger.judge says, an external id that
-- was used, a missing second factor, the limits. One attempt too many in the hour is told before all that is kept.
CREATE OR REPLACE FUNCTION ledger.transfer(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    amount  bigint := (command ->> 'amount')::bigint;
    sides   jsonb[] := ARRAY[ledger.spending_side(command), command -> 'target'];
    amounts bigint[] := ARRAY[-amount, amount];
    splits  jsonb := command -> 'targets';
    purses  ledger.purse[];
    refusal jsonb;
BEGIN
    IF splits IS NOT NULL THEN
        SELECT ledger.spending_side(command) || array_agg(t.side ORDER BY t.place),
               (-amount) || array_agg((t.side ->> 'amount')::bigint ORDER BY t.place)
          INTO sides, amounts FROM jsonb_array_elements(splits) WITH ORDINALITY t (side, place);
    END IF;
    purses := ledger.take_purses(sides, command ->> 'currency', amounts);
    IF purses IS NULL THEN
        RETURN CASE WHEN command -> 'keeps_all' = 'true' THEN ledger.refuse('{"code": "wallet_not_found"}')
                    ELSE '{"refusal": {"code": "wallet_not_found", "kept": false}}' END;
    END IF;
    purses[1] := ledger.cover(purses[1], ledger.needed(command, amount));
    refusal := ledger.claim_and_spend(command, purses[1], coalesce((purses[1]).owner_id, (purses[2]).owner_id),
                                      ledger.judge(command, purses, amounts));
    IF splits IS NULL THEN
        RETURN ledger.move(command, purses, amounts, refusal);
    END IF;
    IF refusal IS NULL THEN
        PERFORM ledger.record_split(command ->> 'transaction_id', purses[2:], amounts[2:]);
    END IF;
    RETURN ledger.move(command, purses, amounts, refusal, jsonb_build_object('splits', splits));
END $$;
REVOKE ALL ON FUNCTION ledger.transfer(jsonb) FROM PUBLIC;
