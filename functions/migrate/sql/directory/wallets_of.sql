-- A person's wallets as the API shows them, newest first. One statement, so one snapshot.
CREATE OR REPLACE FUNCTION directory.wallets_of(person_id text, at_most integer) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT jsonb_build_object(
               'object', 'wallet', 'id', w.id, 'owner_id', w.owner_id, 'currency', w.currency, 'name', w.name,
               'state', b.state,
               'balance', jsonb_build_object(
                   'posted', b.posted, 'pending_in', h.pending, 'pending_out', b.held,
                   'available', b.posted - b.held - b.floor),
               'credit_limit', -b.floor, 'version', b.version, 'metadata', w.metadata,
               'created_at', ledger.rfc3339(w.created_at),
               'updated_at', ledger.rfc3339(greatest(w.updated_at, b.posted_at)))
      FROM wallet.wallet AS w
     CROSS JOIN LATERAL (
           SELECT min(r.state) AS state, sum(r.posted_minor)::bigint AS posted, sum(r.held_minor)::bigint AS held,
                  sum(r.floor_minor)::bigint AS floor, sum(r.version)::bigint AS version, max(r.posted_at) AS posted_at
             FROM ledger.balance AS r WHERE r.account_id = w.id) AS b
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(o.remaining_minor), 0)::bigint AS pending
             FROM ledger.hold AS o WHERE o.target_account_id = w.id AND o.state = 'open') AS h
     WHERE w.owner_id = person_id
     ORDER BY w.id DESC LIMIT at_most
$$;
REVOKE ALL ON FUNCTION directory.wallets_of(text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION directory.wallets_of(text, integer) TO app_rw;
