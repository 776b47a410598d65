-- A person's open wallets in the order of their ids, and what is posted in each. `is_bound`: a hold out of it or for it,
-- or money that is expected, keeps it open. Nothing is locked: the ledger judges again when it closes them.
CREATE OR REPLACE FUNCTION directory.open_wallets(person_id text)
RETURNS TABLE (wallet_id text, currency text, posted_minor bigint, is_bound boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT wallet.id::text,
           wallet.currency::text,
           (SELECT sum(balance.posted_minor)::bigint FROM ledger.balance WHERE balance.account_id = wallet.id),
           EXISTS (SELECT FROM ledger.hold
                    WHERE hold.source_account_id = wallet.id AND hold.state = 'open'
                      AND hold.expires_at > clock_timestamp())
           OR EXISTS (SELECT FROM ledger.hold WHERE hold.target_account_id = wallet.id AND hold.state = 'open')
           OR EXISTS (SELECT FROM ledger.expected_credit AS expected WHERE expected.account_id = wallet.id)
      FROM wallet.wallet AS wallet
     WHERE wallet.owner_id = person_id AND wallet.closed_at IS NULL
     ORDER BY wallet.id
$$;
REVOKE ALL ON FUNCTION directory.open_wallets(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.open_wallets(text) TO app_rw;
