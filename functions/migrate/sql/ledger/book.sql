-- Posts: one entry for each purse, in one statement (the zero-sum check sees them together), then the balances.
-- `releases` is what of the payer's hold ends with it. Answers with the legs: one for each purse, in their order. On a
-- striped wallet a leg's balance and version are null: they are one stripe's alone. Whether it is one is read with the
-- balance, under its lock: a purse may tell of the time before a striping that its lock has waited for.
--
-- Locks and refuses nothing: the purses come locked and judged; where stripe 0 lacks what the others have, all are.
-- Invariants: every entry has its row's next version and the balance after it; no row falls below its floor;
-- `posted_at` of a row never goes back.
CREATE OR REPLACE FUNCTION ledger.book(
    transaction_id text, purses ledger.purse[], amounts bigint[], instant timestamptz, releases bigint DEFAULT 0
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    purse ledger.purse;
    legs  jsonb := '[]'::jsonb;
BEGIN
    FOR place IN 1..cardinality(purses) LOOP
        purse := purses[place];
        IF amounts[place] < 0 AND purse.posted_minor - purse.held_minor + amounts[place]
                                  + (CASE WHEN place = 1 THEN releases ELSE 0 END) < purse.floor_minor THEN
            purses[place] := ledger.gather(transaction_id, purse, instant);
        END IF;
    END LOOP;
    INSERT INTO ledger.entry (transaction_id, account_id, stripe, version, amount_minor, currency,
                              balance_after, posted_at)
    SELECT transaction_id, p.account_id, p.stripe, p.version + 1, p.amount, p.currency,
           p.posted_minor + p.amount, instant
      FROM unnest(purses, amounts) p (account_id, owner_id, kind, currency, stripes, stripe, state, posted_minor,
                                      held_minor, floor_minor, spare_minor, version, posted_at, waited, amount);
    FOR place IN 1..cardinality(purses) LOOP
        purse := purses[place];
        IF purse.waited THEN
            PERFORM ledger.note_wait(purse);
        END IF;
        UPDATE ledger.balance b
           SET posted_minor = b.posted_minor + amounts[place], version = b.version + 1, posted_at = instant,
               held_minor = b.held_minor - CASE WHEN place = 1 THEN releases ELSE 0 END
         WHERE b.account_id = purse.account_id AND b.stripe = purse.stripe
        RETURNING (SELECT a.stripes FROM ledger.account a WHERE a.id = b.account_id) INTO purse.stripes;
        legs := legs || jsonb_build_object('account_id', purse.account_id, 'owner_id', purse.owner_id,
            'amount', amounts[place], 'stripe', purse.stripe, 'stripe_version', purse.version + 1,
            'balance_after', CASE WHEN purse.stripes = 1 THEN purse.posted_minor + amounts[place] END,
            'version', CASE WHEN purse.stripes = 1 THEN purse.version + 1 END);
    END LOOP;
    RETURN legs;
END $$;
REVOKE ALL ON FUNCTION ledger.book(text, ledger.purse[], bigint[], timestamptz, bigint) FROM PUBLIC;
