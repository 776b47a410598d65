-- The wallet that receives money sent to an e-mail address (in its normal form): the unnamed open one in the
-- currency. No row for an unknown address, a disabled person or no such wallet: the sender cannot tell which.
CREATE OR REPLACE FUNCTION directory.recipient_wallet(email text, currency text)
RETURNS TABLE (wallet_id text, owner_id text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT wallet.id::text, wallet.owner_id::text
      FROM identity.user AS person
      JOIN wallet.wallet AS wallet ON wallet.owner_id = person.id
     WHERE person.email = recipient_wallet.email
       AND person.status = 'active'
       AND wallet.currency = recipient_wallet.currency
       AND wallet.name IS NULL
       AND wallet.closed_at IS NULL
$$;
REVOKE ALL ON FUNCTION directory.recipient_wallet(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.recipient_wallet(text, text) TO app_rw, app_job;
