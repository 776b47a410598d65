-- Ends the overdue holds of an account whose balance rows are locked; says whether there were any.
--
-- There is no bound, since each may be what a debit lacks: they are few, as the job ends them every minute.
-- Locks each hold in the order of their ids. Refuses nothing; a hold that breaks a rule of its tables stays open, as in
-- ledger.expire_holds.
CREATE OR REPLACE FUNCTION ledger.end_overdue_holds(wanted text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    overdue record;
BEGIN
    FOR overdue IN
        SELECT h.transaction_id FROM ledger.hold h
         WHERE h.source_account_id = wanted AND h.state = 'open' AND h.expires_at <= clock_timestamp()
         ORDER BY h.transaction_id
    LOOP
        BEGIN
            PERFORM ledger.end_overdue_hold(overdue.transaction_id);
        EXCEPTION WHEN integrity_constraint_violation OR data_exception OR no_data_found THEN
            RAISE WARNING 'hold % cannot end: %', overdue.transaction_id, SQLERRM;
        END;
    END LOOP;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger.end_overdue_holds(text) FROM PUBLIC;
