-- Brings a split back, all or a part: each target gives in proportion to what it still has of it (ledger.divide), so
-- that parts never sum to more than its share. All of them give, or none.
--
-- Locks all rows in the order of their ids, then the original.
-- Invariants: what a target has given back never exceeds its share; the parts sum to what is brought back.
-- Refuses: already_reversed or more than remains; then what ledger.judge says of the first target who cannot
-- give, or of the wallet that cannot get.
CREATE OR REPLACE FUNCTION ledger.reverse_split(command jsonb, original ledger.transaction) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    payee    jsonb := ledger.side_of(original.source_account_id);
    sides    jsonb[];
    shares   bigint[];
    parts    bigint[];
    purses   ledger.purse[];
    givers   ledger.purse[] := '{}';
    gives    bigint[] := '{}';
    splits   jsonb := '[]';
    remaining bigint;
    amount   bigint;
    refusal  jsonb;
BEGIN
    SELECT array_agg(jsonb_build_object('wallet_id', s.account_id) ORDER BY s.place),
           array_agg(-s.amount_minor ORDER BY s.place)
      INTO STRICT sides, shares FROM ledger.split_target s WHERE s.transaction_id = original.id;
    purses := ledger.take_purses(sides || payee, original.currency, shares || original.amount_minor);
    remaining := ledger.lock_reversible(original.id, original.amount_minor);
    amount := coalesce((command ->> 'amount')::bigint, remaining);
    refusal := ledger.judge_remaining(amount, remaining);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    SELECT ledger.divide(amount, array_agg(s.amount_minor - coalesce(given.minor, 0) ORDER BY s.place)) INTO parts
      FROM ledger.split_target s
      LEFT JOIN (SELECT b.account_id, sum(b.amount_minor)::bigint AS minor
                   FROM ledger.transaction t JOIN ledger.split_target b ON b.transaction_id = t.id
                  WHERE t.original_id = original.id AND t.kind = 'reversal'
                  GROUP BY b.account_id) given ON given.account_id = s.account_id
     WHERE s.transaction_id = original.id;
    FOR place IN 1..cardinality(parts) LOOP
        CONTINUE WHEN parts[place] = 0;
        purses[place] := ledger.cover(purses[place], parts[place]);
        refusal := ledger.judge(jsonb_build_object('currency', original.currency),
            ARRAY[purses[place], purses[cardinality(purses)]], ARRAY[-parts[place], amount]);
        IF refusal IS NOT NULL THEN
            RETURN ledger.refuse(refusal);
        END IF;
        givers := givers || purses[place];
        gives := gives || -parts[place];
        splits := splits || jsonb_build_object('wallet_id', (purses[place]).account_id, 'amount', parts[place]);
    END LOOP;
    PERFORM ledger.record_split(command ->> 'transaction_id', givers, gives);
    RETURN ledger.bring_back(command || jsonb_build_object('currency', original.currency), original,
        givers || purses[cardinality(purses)], gives || amount, jsonb_build_object('splits', splits), amount = remaining);
END $$;
REVOKE ALL ON FUNCTION ledger.reverse_split(jsonb, ledger.transaction) FROM PUBLIC;
