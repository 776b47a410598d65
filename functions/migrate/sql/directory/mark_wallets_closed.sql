-- Notes that the ledger has closed these wallets, in the same transaction: their names are free again.
CREATE OR REPLACE FUNCTION directory.mark_wallets_closed(wallet_ids text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = '' AS $$
    UPDATE wallet.wallet SET closed_at = clock_timestamp(), updated_at = clock_timestamp()
     WHERE id = ANY (wallet_ids) AND closed_at IS NULL
$$;
REVOKE ALL ON FUNCTION directory.mark_wallets_closed(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.mark_wallets_closed(text[]) TO app_rw;
