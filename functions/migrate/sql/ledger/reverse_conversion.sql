-- Brings a conversion back as a whole, at its own amounts: every leg the other way, the rounding, too. A part would need
-- a rate and a rounding of its own. `amount`, if given, is what the conversion paid out, in that currency.
--
-- Locks all rows in the order of their ids, then the original.
-- Invariants: both currencies sum to zero on their own; a conversion comes back once, as a whole, at its own rate.
-- Refuses: already_reversed, another amount (reversal_is_whole), then what ledger.judge_conversion says.
CREATE OR REPLACE FUNCTION ledger.reverse_conversion(command jsonb, original ledger.transaction) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    paid_out bigint := (original.details #>> '{conversion,target_amount}')::bigint;
    mirror   ledger.quote;
    sides    jsonb[];
    amounts  bigint[];
    purses   ledger.purse[];
    refusal  jsonb;
BEGIN
    mirror.source_currency := original.details #>> '{conversion,target_currency}';
    mirror.source_amount_minor := paid_out;
    mirror.target_currency := original.currency;
    mirror.target_amount_minor := original.amount_minor;
    SELECT array_agg(ledger.side_of(l.leg ->> 'account_id') ORDER BY l.place DESC),
           array_agg(-(l.leg ->> 'amount')::bigint ORDER BY l.place DESC)
      INTO STRICT sides, amounts FROM jsonb_array_elements(original.legs) WITH ORDINALITY l (leg, place);
    purses := ledger.take_purses(sides, mirror.source_currency::text, amounts);
    IF ledger.lock_reversible(original.id, paid_out) = 0 THEN
        RETURN ledger.refuse('{"code": "already_reversed"}');
    ELSIF (command ->> 'amount')::bigint <> paid_out THEN
        RETURN ledger.refuse(jsonb_build_object('code', 'reversal_is_whole', 'amount', paid_out));
    END IF;
    purses[1] := ledger.cover(purses[1], paid_out);
    command := command || jsonb_build_object('currency', mirror.source_currency);
    refusal := ledger.judge_conversion(command, mirror, purses);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    RETURN ledger.bring_back(command, original, purses, amounts, '{}', true);
END $$;
REVOKE ALL ON FUNCTION ledger.reverse_conversion(jsonb, ledger.transaction) FROM PUBLIC;
