-- Changes currency at a quoted rate: two zero-sum groups that meet in our fx accounts. Our fx account pays the exact
-- amount without its fraction; the rounding account pays what half-even rounding adds to it, and the quote keeps the
-- residue, so nothing is lost in between.
-- command: {quote_id, source, target: one owner's wallets, ...}
--
-- Locks the accounts' rows in the order of their ids, then the quote, then the payer's counter.
-- Invariants: each currency sums to zero on its own; a quote is used once, by its owner, before its end; the
-- customer gets what the quote says, to the minor unit.
-- Refuses: what is absent or not the actor's, a quote that was used or is over; then, as a failed transaction, what
-- ledger.judge_conversion or ledger.spend says. A refusal leaves the quote unused.
CREATE OR REPLACE FUNCTION ledger.convert(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    quote    ledger.quote;
    purses   ledger.purse[];
    amounts  bigint[];
    sides    jsonb[];
    refusal  jsonb;
BEGIN
    SELECT * INTO quote FROM ledger.quote q WHERE q.id = command ->> 'quote_id' AND q.owner_id = command ->> 'actor_id';
    IF NOT FOUND THEN
        RETURN '{"refusal": {"code": "quote_not_found", "kept": false}}'::jsonb;
    END IF;
    sides := ARRAY[ledger.spending_side(command), ledger.fx_side('fx', quote.source_currency),
                   ledger.fx_side('fx', quote.target_currency), ledger.fx_side('rounding', quote.target_currency),
                   command -> 'target'];
    amounts := ARRAY[-quote.source_amount_minor, quote.source_amount_minor, -quote.truncated_minor,
                     quote.truncated_minor - quote.target_amount_minor, quote.target_amount_minor];
    purses := ledger.take_purses(sides, quote.source_currency, amounts);
    IF purses IS NULL THEN
        RETURN '{"refusal": {"code": "wallet_not_found", "kept": false}}'::jsonb;
    END IF;
    SELECT * INTO STRICT quote FROM ledger.quote q WHERE q.id = quote.id FOR NO KEY UPDATE;
    IF quote.transaction_id IS NOT NULL THEN
        RETURN ledger.refuse('{"code": "quote_used"}');
    ELSIF quote.expires_at <= clock_timestamp() THEN
        RETURN ledger.refuse('{"code": "quote_expired"}');
    END IF;
    purses[1] := ledger.cover(purses[1], ledger.needed(command, quote.source_amount_minor));
    command := command || jsonb_build_object('kind', 'conversion', 'currency', quote.source_currency,
                                             'amount', quote.source_amount_minor);
    refusal := ledger.judge_conversion(command, quote, purses);
    refusal := ledger.spend(command, purses[1], refusal);
    IF refusal IS NULL THEN
        UPDATE ledger.quote q SET transaction_id = command ->> 'transaction_id' WHERE q.id = quote.id;
        IF quote.truncated_minor = quote.target_amount_minor THEN
            purses := purses[1:3] || purses[5:5];
            amounts := amounts[1:3] || amounts[5:5];
        ELSIF quote.truncated_minor = 0 THEN
            purses := purses[1:2] || purses[4:5];
            amounts := amounts[1:2] || amounts[4:5];
        END IF;
    END IF;
    RETURN ledger.move(command, purses, amounts, refusal, jsonb_build_object('conversion', jsonb_build_object(
        'quote_id', quote.id, 'rate_id', quote.rate_id, 'rate', trim_scale(quote.rate)::text,
        'source_amount', quote.source_amount_minor, 'source_currency', quote.source_currency,
        'target_amount', quote.target_amount_minor, 'target_currency', quote.target_currency,
        'rounding', 'half_even', 'residue', trim_scale(quote.residue)::text)));
END $$;
REVOKE ALL ON FUNCTION ledger.convert(jsonb) FROM PUBLIC;
