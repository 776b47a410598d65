-- Among whose external ids one must be unique: the owner's; that of funds, which an admin adds or deducts, among those
-- of the funds of this owner. So nobody takes a reference of our own bookings by a payment of theirs.
CREATE OR REPLACE FUNCTION ledger.reference_owner(kind text, owner text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN kind IN ('funds_added', 'funds_deducted') THEN 'funds_' || owner ELSE owner END;
END $$;
REVOKE ALL ON FUNCTION ledger.reference_owner(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.reference_owner(text, text) TO app_job;
