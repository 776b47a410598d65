-- The wallet that receives money sent to an e-mail address (as the HMACs by which the index may name it): the unnamed
-- open one in the currency. No row for an unknown address, a disabled person or no such wallet: the sender cannot tell
-- which.
CREATE OR REPLACE FUNCTION directory.recipient_wallet(address_hmacs text[], currency text)
RETURNS TABLE (wallet_id text, owner_id text)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = '' AS $$
    SELECT DISTINCT wallet.id::text, wallet.owner_id::text
      FROM identity.email_index AS address
      JOIN identity.user AS person ON person.id = address.user_id
      JOIN wallet.wallet AS wallet ON wallet.owner_id = person.id
     WHERE address.hmac = ANY(address_hmacs)
       AND person.status = 'active'
       AND wallet.currency = recipient_wallet.currency
       AND wallet.name IS NULL
       AND wallet.closed_at IS NULL
$$;
REVOKE ALL ON FUNCTION directory.recipient_wallet(text[], text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.recipient_wallet(text[], text) TO app_rw, app_job;
