-- Ends up to `batch_max` overdue holds, in the order of their accounts; says how many. For the job that runs every
-- minute; a debit that lacks funds does not wait for it (ledger.cover). A hold that breaks a rule of its tables stays
-- open and keeps no other from ending: the verification finds what is wrong with it.
--
-- Locks the payers' rows in the order of their ids, each before its hold.
-- Invariants: a hold ends once, as expired, with its event; what remained is the payer's again.
-- Refuses nothing; a row that is not to be had in time (lock_timeout) ends the call, and the whole batch stays open.
CREATE OR REPLACE FUNCTION ledger.expire_holds(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    overdue record;
    ended   integer := 0;
    broken  text[] := '{}'::text[];
    known   integer;
BEGIN
    LOOP
        known := cardinality(broken);
        FOR overdue IN
            SELECT o.transaction_id FROM (
                SELECT h.transaction_id, h.source_account_id, h.source_stripe FROM ledger.hold h
                 WHERE h.state = 'open' AND h.expires_at <= clock_timestamp() AND h.transaction_id <> ALL (broken)
                 ORDER BY h.expires_at LIMIT batch_max) o
             ORDER BY o.source_account_id, o.source_stripe, o.transaction_id
        LOOP
            BEGIN
                ended := ended + ledger.end_overdue_hold(overdue.transaction_id)::integer;
            EXCEPTION WHEN integrity_constraint_violation THEN
                RAISE WARNING 'hold % cannot end: %', overdue.transaction_id, SQLERRM;
                broken := broken || overdue.transaction_id;
            END;
        END LOOP;
        -- Where nothing but broken ones was found, those behind them have their turn.
        EXIT WHEN ended > 0 OR cardinality(broken) = known;
    END LOOP;
    RETURN ended;
END $$;
REVOKE ALL ON FUNCTION ledger.expire_holds(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.expire_holds(integer) TO app_job;
