-- Forgets what other services keep of somebody whose account is erased. A schedule of a closed account could only be
-- skipped for ever: it ends, and forgets the address it pays. A card keeps its brand and last digits for the books.
-- While the index still has the names of the address, no money that is over is known by them; what waits is its sender's.
CREATE OR REPLACE FUNCTION directory.forget_belongings(person_id text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    UPDATE transfer.schedule
       SET state = CASE WHEN state IN ('active', 'paused') THEN 'canceled' ELSE state END,
           next_at = NULL, sealed_email = NULL, updated_at = clock_timestamp()
     WHERE owner_id = person_id AND (state IN ('active', 'paused') OR sealed_email IS NOT NULL);
    DELETE FROM transfer.unclaimed AS money
     USING identity.email_index AS own, ledger.hold AS held
     WHERE own.user_id = person_id AND money.address_hmac = own.hmac
       AND held.transaction_id = money.transaction_id AND held.state <> 'open';
    UPDATE payment.method
       SET removed_at = coalesce(removed_at, clock_timestamp()),
           processor_token = NULL, fingerprint = NULL, exp_month = NULL, exp_year = NULL
     WHERE owner_id = person_id
$$;
REVOKE ALL ON FUNCTION directory.forget_belongings(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.forget_belongings(text) TO app_rw;
