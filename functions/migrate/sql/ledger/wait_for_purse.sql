-- The purse that was not to be had at once: its account is absent, or ours and not made yet, or a striped wallet that
-- pays, or its row is locked. A wait for a plain wallet stands in the purse (`waited`), and is noted once money moves
-- (ledger.note_wait). Then it may have been striped while we waited: its row is one of several now, which a payer must
-- not take for the whole.
--
-- Locks the row as ledger.take_purse would have; where a striped wallet pays, as ledger.take_bounded_purse or, `whole`,
-- as ledger.take_whole_purse does. It waits as long as lock_timeout allows. Null: there is no such wallet.
-- True afterwards: an account of ours exists. A payer whose wallet was striped meanwhile is no refusal: it raises
-- serialization_failure, and the caller tries again.
CREATE OR REPLACE FUNCTION ledger.wait_for_purse(
    side jsonb, wanted text, wanted_currency text, amount bigint, lot double precision
) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    account ledger.account;
    purse   ledger.purse;
BEGIN
    SELECT * INTO account FROM ledger.account a WHERE a.id = wanted;
    IF NOT FOUND THEN
        IF side ? 'wallet_id' THEN
            RETURN NULL;
        END IF;
        account := ledger.open_system_account(wanted, side ->> 'system',
                                              coalesce(side ->> 'currency', wanted_currency));
    ELSIF account.stripes > 1 AND amount < 0 AND account.owner_id IS NOT NULL THEN
        RETURN CASE WHEN side ? 'whole' THEN ledger.take_whole_purse(wanted)
                    ELSE ledger.take_bounded_purse(account, -amount) END;
    END IF;
    SELECT account.id, account.owner_id, account.kind, account.currency, account.stripes, b.stripe, b.state,
           b.posted_minor, b.held_minor, b.floor_minor, 0, b.version, b.posted_at, account.stripes = 1
      INTO STRICT purse
      FROM ledger.balance b
     WHERE b.account_id = wanted AND b.stripe = floor(lot * account.stripes)::smallint
       FOR NO KEY UPDATE;
    SELECT a.stripes INTO STRICT purse.stripes FROM ledger.account a WHERE a.id = wanted;
    IF purse.stripes > account.stripes AND account.owner_id IS NOT NULL AND (amount < 0 OR side ? 'whole') THEN
        RAISE EXCEPTION 'the wallet was striped meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.wait_for_purse(jsonb, text, text, bigint, double precision) FROM PUBLIC;
