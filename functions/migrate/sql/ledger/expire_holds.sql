-- Ends up to `batch_max` overdue holds, the oldest first; says how many. For the job that runs every minute; a debit that
-- lacks funds does not wait for it (ledger.cover). Two keep no other from ending and stay open: a hold that breaks a rule
-- of its tables, for the verification to find (or lacks its row, or room in a number), and those of a wallet that somebody
-- has locked, for the next run.
--
-- Locks the payers' rows, each before its hold, in any order, since it waits for none: whoever needs a row that it has
-- would wait as long.
-- Invariants: a hold ends once, as expired, with its event; what remained is the payer's again.
-- Refuses nothing.
CREATE OR REPLACE FUNCTION ledger.expire_holds(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    overdue record;
    ended   integer := 0;
    broken  text[] := '{}'::text[];
    locked  text[] := '{}'::text[];
    known   integer;
BEGIN
    LOOP
        known := cardinality(broken) + cardinality(locked);
        FOR overdue IN
            SELECT h.transaction_id, h.source_account_id, h.source_stripe FROM ledger.hold h
             WHERE h.state = 'open' AND h.expires_at <= clock_timestamp() AND h.transaction_id <> ALL (broken)
               AND h.source_account_id <> ALL (locked)
             ORDER BY h.expires_at LIMIT batch_max
        LOOP
            CONTINUE WHEN overdue.source_account_id = ANY (locked);
            BEGIN
                -- Not SKIP LOCKED, to which a row that is not there looks alike.
                PERFORM FROM ledger.balance b
                  WHERE b.account_id = overdue.source_account_id AND b.stripe = overdue.source_stripe
                    FOR NO KEY UPDATE NOWAIT;
                ended := ended + ledger.end_overdue_hold(overdue.transaction_id)::integer;
            EXCEPTION
                WHEN integrity_constraint_violation OR data_exception OR no_data_found THEN
                    RAISE WARNING 'hold % cannot end: %', overdue.transaction_id, SQLERRM;
                    broken := broken || overdue.transaction_id::text;
                WHEN lock_not_available THEN
                    locked := locked || overdue.source_account_id::text;
            END;
        END LOOP;
        -- Where none was found that can end now, those behind them have their turn.
        EXIT WHEN ended > 0 OR cardinality(broken) + cardinality(locked) = known;
    END LOOP;
    RETURN ended;
END $$;
REVOKE ALL ON FUNCTION ledger.expire_holds(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.expire_holds(integer) TO app_job;
