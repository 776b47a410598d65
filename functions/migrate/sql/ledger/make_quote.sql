-- Quotes a conversion at the newest rate of the pair, however old that is. Minor units of both currencies differ by
-- `target_exponent - source_exponent` decimals. Half-even: numeric's own rounding of 0.5 is away from zero.
-- wanted: {quote_id, owner_id, amount, source_currency, target_currency, source_exponent, target_exponent, life_s}
--
-- Locks nothing and reserves nothing: ledger.convert asks for the money.
-- Invariants: target amount and residue are the exact amount; the quote never changes, but for the conversion that uses
-- it, and is over `life_s` after the server's clock.
-- Refuses: rate_not_available where nobody has loaded a rate; conversion_too_small where rounding, either way, would be
-- more than 0.5 % of it (so it pays nothing away that a spread of as much does not bring); amount_out_of_range above
-- 10^15.
CREATE OR REPLACE FUNCTION ledger.make_quote(wanted jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    newest    ledger.exchange_rate;
    exact     numeric;
    truncated numeric;
    rounded   numeric;
    quote     ledger.quote;
BEGIN
    SELECT * INTO newest FROM ledger.exchange_rate r
     WHERE r.source_currency = wanted ->> 'source_currency' AND r.target_currency = wanted ->> 'target_currency'
     ORDER BY r.loaded_at DESC LIMIT 1;
    IF NOT FOUND THEN
        RETURN '{"refusal": {"code": "rate_not_available"}}'::jsonb;
    END IF;
    exact := (wanted ->> 'amount')::numeric * newest.rate
             * (10::numeric ^ ((wanted ->> 'target_exponent')::integer - (wanted ->> 'source_exponent')::integer));
    truncated := trunc(exact);
    rounded := truncated + CASE WHEN exact - truncated > 0.5
                                  OR (exact - truncated = 0.5 AND mod(truncated, 2) = 1) THEN 1 ELSE 0 END;
    IF abs(exact - rounded) > exact * 0.005 THEN
        RETURN '{"refusal": {"code": "conversion_too_small"}}'::jsonb;
    ELSIF rounded > 1000000000000000 THEN
        RETURN '{"refusal": {"code": "amount_out_of_range"}}'::jsonb;
    END IF;
    INSERT INTO ledger.quote AS q (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor,
        target_amount_minor, truncated_minor, residue, expires_at)
    VALUES (wanted ->> 'quote_id', wanted ->> 'owner_id', newest.id, newest.rate, newest.source_currency,
        newest.target_currency, (wanted ->> 'amount')::bigint, rounded, truncated, exact - rounded,
        clock_timestamp() + make_interval(secs => (wanted ->> 'life_s')::integer))
    RETURNING q.* INTO quote;
    RETURN jsonb_build_object('quote', jsonb_build_object('id', quote.id, 'rate', trim_scale(quote.rate)::text,
        'rate_id', quote.rate_id, 'source_currency', quote.source_currency, 'target_currency', quote.target_currency,
        'source_amount', quote.source_amount_minor, 'target_amount', quote.target_amount_minor,
        'residue', trim_scale(quote.residue)::text, 'created_at', ledger.rfc3339(quote.created_at),
        'expires_at', ledger.rfc3339(quote.expires_at)));
END $$;
REVOKE ALL ON FUNCTION ledger.make_quote(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.make_quote(jsonb) TO app_rw;
