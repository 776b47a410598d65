"""What must be true of the books after a sequence, whatever it did: read from the tables alone."""

from tests.model.real import Real

# Each query finds what is wrong about some wallets: nothing, if all is well.
_WRONG = {
    "a balance row is not the sum of its entries": """
        SELECT b.account_id, b.stripe, b.posted_minor, sum(e.amount_minor)
          FROM ledger.balance b LEFT JOIN ledger.entry e USING (account_id, stripe)
         WHERE b.account_id = ANY(:wallets) GROUP BY b.account_id, b.stripe
        HAVING b.posted_minor <> coalesce(sum(e.amount_minor), 0)""",
    "a running balance is not the sum so far": """
        SELECT * FROM (SELECT e.account_id, e.stripe, e.version, e.balance_after,
                              sum(e.amount_minor) OVER (PARTITION BY e.account_id, e.stripe ORDER BY e.version) AS folded
                         FROM ledger.entry e WHERE e.account_id = ANY(:wallets)) f WHERE balance_after <> folded""",
    "posted_at runs against version": """
        SELECT * FROM (SELECT e.account_id, e.stripe, e.version, e.posted_at <= lag(e.posted_at)
                              OVER (PARTITION BY e.account_id, e.stripe ORDER BY e.version) AS back
                         FROM ledger.entry e WHERE e.account_id = ANY(:wallets)) o WHERE back""",
    "entries of a transaction do not sum to zero": """
        SELECT e.transaction_id, e.currency, sum(e.amount_minor) FROM ledger.entry e
         WHERE e.transaction_id IN (SELECT transaction_id FROM ledger.entry WHERE account_id = ANY(:wallets))
         GROUP BY e.transaction_id, e.currency HAVING sum(e.amount_minor) <> 0""",
    "the held money of a balance row is not that of its open holds": """
        SELECT b.account_id, b.stripe, b.held_minor, sum(h.remaining_minor) FROM ledger.balance b
          LEFT JOIN ledger.hold h ON h.source_account_id = b.account_id AND h.source_stripe = b.stripe
               AND h.state = 'open'
         WHERE b.account_id = ANY(:wallets) GROUP BY b.account_id, b.stripe
        HAVING b.held_minor <> coalesce(sum(h.remaining_minor), 0)""",
    "a transaction's legs are not its entries": """
        SELECT t.id, t.legs FROM ledger.transaction t
         WHERE (t.source_account_id = ANY(:wallets) OR t.target_account_id = ANY(:wallets))
           AND (SELECT coalesce(jsonb_agg(jsonb_build_array(e.account_id, e.stripe, e.amount_minor, e.version)
                                          ORDER BY e.account_id, e.stripe, e.version), '[]')
                  FROM ledger.entry e WHERE e.transaction_id = t.id AND NOT e.gathers)
            <> (SELECT coalesce(jsonb_agg(jsonb_build_array(l ->> 'account_id', l -> 'stripe', l -> 'amount',
                                                            l -> 'stripe_version')
                                          ORDER BY l ->> 'account_id' COLLATE "C", (l -> 'stripe')::integer,
                                                   (l -> 'stripe_version')::bigint), '[]')
                  FROM jsonb_array_elements(t.legs) l)""",
    "a balance is below its floor": """
        SELECT * FROM ledger.balance b
         WHERE b.account_id = ANY(:wallets) AND b.posted_minor - b.held_minor < b.floor_minor""",
    "the events of a payer are not in the order of its versions": """
        SELECT * FROM (
            SELECT v.id, v.partition_key, (leg -> 'stripe_version')::bigint < max((leg -> 'stripe_version')::bigint)
                   OVER (PARTITION BY v.partition_key ORDER BY v.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                   AS back
              FROM outbox.event v JOIN ledger.account a ON a.id = v.partition_key AND a.stripes = 1,
                   LATERAL jsonb_array_elements(v.data -> 'legs') leg
             WHERE v.partition_key = ANY(:wallets) AND v.type = 'transaction.completed'
               AND leg ->> 'account_id' = v.partition_key) o WHERE back""",
}


def audit(real: Real, wallets: list[str]) -> None:
    """Fails with the name and the rows of the first rule that is broken."""
    for name, query in _WRONG.items():
        found = real.sql(query, wallets=wallets)
        assert not found, f"{name}: {found}"
