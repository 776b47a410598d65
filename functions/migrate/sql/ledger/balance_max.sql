-- How far a balance row may be from nothing: 9 * 10^18, below what a bigint holds, so that none can overflow; a stripe a
-- 64th of it, so that neither does the sum of as many as a wallet may have.
CREATE OR REPLACE FUNCTION ledger.balance_max(stripes smallint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN stripes = 1 THEN 9000000000000000000 ELSE 9000000000000000000 / 64 END
$$;
REVOKE ALL ON FUNCTION ledger.balance_max(smallint) FROM PUBLIC;
