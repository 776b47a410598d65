-- Whether a transaction takes money `out` of a wallet, or brings it `in`; without a wallet, of any of the viewer's. The
-- wallet, or the viewer, is a party.
--
-- Of several payers or payees nobody is named: whoever is a party and not the one on the other side is one of them.
CREATE OR REPLACE FUNCTION ledger.goes(t ledger.transaction, direction text, wallet text, viewer text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    many  boolean := t.details ? 'splits';
    gives boolean := CASE WHEN wallet IS NULL THEN t.source_owner_id = viewer ELSE t.source_account_id = wallet END;
    gets  boolean := CASE WHEN wallet IS NULL THEN t.target_owner_id = viewer ELSE t.target_account_id = wallet END;
BEGIN
    IF direction = 'out' THEN
        RETURN gives IS TRUE OR (many AND t.kind = 'reversal' AND gets IS NOT TRUE);
    END IF;
    RETURN gets IS TRUE OR (many AND t.kind <> 'reversal' AND gives IS NOT TRUE);
END $$;
REVOKE ALL ON FUNCTION ledger.goes(ledger.transaction, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.goes(ledger.transaction, text, text, text) TO app_rw, app_job;
