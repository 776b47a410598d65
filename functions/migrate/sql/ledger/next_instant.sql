-- The instant of a movement, taken after the locks: later than everything that stands on the locked rows, even when the
-- clock stepped back. Ten microseconds apart, so that the positions of one movement's events end before the next's.
CREATE OR REPLACE FUNCTION ledger.next_instant(purses ledger.purse[]) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    instant timestamptz := clock_timestamp();
    purse   ledger.purse;
BEGIN
    FOREACH purse IN ARRAY purses LOOP
        instant := greatest(instant, purse.posted_at + interval '10 us');
    END LOOP;
    RETURN instant;
END $$;
REVOKE ALL ON FUNCTION ledger.next_instant(ledger.purse[]) FROM PUBLIC;
