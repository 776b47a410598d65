"""What must be true of the books after whatever was done: read from the tables alone."""

from collections.abc import Callable, Collection
from typing import Any

# Each query finds what is wrong: nothing, if all is well.
_WRONG = {
    "a balance row is not the sum of its entries": """
        SELECT b.account_id, b.stripe, b.posted_minor, sum(e.amount_minor)
          FROM ledger.balance b LEFT JOIN ledger.entry e USING (account_id, stripe)
         GROUP BY b.account_id, b.stripe
        HAVING b.posted_minor <> coalesce(sum(e.amount_minor), 0)""",
    "a running balance is not the sum so far": """
        SELECT * FROM (SELECT e.account_id, e.stripe, e.version, e.balance_after,
                              sum(e.amount_minor) OVER (PARTITION BY e.account_id, e.stripe ORDER BY e.version) AS folded
                         FROM ledger.entry e) f WHERE balance_after <> folded""",
    "posted_at runs against version": """
        SELECT * FROM (SELECT e.account_id, e.stripe, e.version, e.posted_at < lag(e.posted_at)
                              OVER (PARTITION BY e.account_id, e.stripe ORDER BY e.version) AS back
                         FROM ledger.entry e) o WHERE back""",
    "entries of a transaction do not sum to zero": """
        SELECT e.transaction_id, e.currency, sum(e.amount_minor) FROM ledger.entry e
         GROUP BY e.transaction_id, e.currency HAVING sum(e.amount_minor) <> 0""",
    "the held money of a balance row is not that of its open holds": """
        SELECT b.account_id, b.stripe, b.held_minor, sum(h.remaining_minor) FROM ledger.balance b
          LEFT JOIN ledger.hold h ON h.source_account_id = b.account_id AND h.source_stripe = b.stripe
               AND h.state = 'open'
         GROUP BY b.account_id, b.stripe
        HAVING b.held_minor <> coalesce(sum(h.remaining_minor), 0)""",
    "a transaction's legs are not its entries": """
        WITH posted AS (SELECT transaction_id AS id, account_id, stripe::integer, version, amount_minor
                          FROM ledger.entry WHERE NOT gathers),
             told AS (SELECT t.id, l ->> 'account_id', (l ->> 'stripe')::integer, (l ->> 'stripe_version')::bigint,
                             (l ->> 'amount')::bigint
                        FROM ledger.transaction t, LATERAL jsonb_array_elements(t.legs) l)
        (TABLE posted EXCEPT TABLE told) UNION ALL (TABLE told EXCEPT TABLE posted)""",
    "a balance is below its floor": """
        SELECT * FROM ledger.balance b
         WHERE b.posted_minor - b.held_minor < b.floor_minor""",
    "the events of a payer are not in the order of its versions": """
        SELECT * FROM (
            SELECT v.id, v.partition_key, (leg -> 'stripe_version')::bigint < max((leg -> 'stripe_version')::bigint)
                   OVER (PARTITION BY v.partition_key ORDER BY v.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                   AS back
              FROM outbox.event v JOIN ledger.account a ON a.id = v.partition_key AND a.stripes = 1,
                   LATERAL jsonb_array_elements(v.data -> 'legs') leg
             WHERE v.type = 'transaction.completed'
               AND leg ->> 'account_id' = v.partition_key) o WHERE back""",
    "a reversal's event stands under another key than its movement's": """
        SELECT told.id FROM outbox.event told
          JOIN outbox.event moved ON moved.subject = told.data ->> 'reversal_id'
         WHERE told.type = 'transaction.reversed' AND moved.type = 'transaction.completed'
           AND moved.partition_key <> told.partition_key""",
}


_SUMS = ("a balance row is not the sum of its entries", "a running balance is not the sum so far")


def audit(sql: Callable[[str], list[list[Any]]], enriched: Collection[str] = ()) -> None:
    """Fails with the name and the rows of the first rule that is broken; `sql` runs a query. `enriched`: accounts with
    money that no entry tells of.
    """
    for name, query in _WRONG.items():
        found = [row for row in sql(query) if name not in _SUMS or row[0] not in enriched]
        assert not found, f"{name}: {found[:5]}"
