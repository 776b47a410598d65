"""What the transaction service reads and writes in PostgreSQL, beyond the ledger's own call."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text

from functions.transaction.filters import Filters
from paycore.database import Connection, Row
from paycore.pagination import Page

_ONE = text("SELECT ledger.facts(t) AS facts FROM ledger.transaction t WHERE t.id = :transaction_id")
# Whose a transaction can be: each side comes in order from an index of its own, and the page is merged from them. A
# failed one is its initiator's alone. Ids carry milliseconds of another clock than `created_*`: an hour is more than
# the two ever differ, and bounds what is read.
_LIST = text(
    """
WITH bounds AS MATERIALIZED (
    SELECT CAST(:wanted AS jsonb) AS wanted,
           coalesce(ledger.first_id('tx', CAST(:created_gte AS timestamptz) - interval '1 hour'), 'tx_') AS lowest,
           least(coalesce(CAST(:before AS text), 'tx_~') COLLATE "C", coalesce(
               ledger.first_id('tx', CAST(:created_lt AS timestamptz) + interval '1 hour'), 'tx_~')) AS highest
)
SELECT page.id, ledger.facts(page.made) AS facts
  FROM bounds b CROSS JOIN LATERAL (
    (SELECT t.id, t AS made FROM ledger.transaction t
      WHERE t.source_owner_id = :viewer AND t.status <> 'failed'
        AND t.id >= b.lowest AND t.id < b.highest AND ledger.matches(t, b.wanted, :viewer)
      ORDER BY t.id DESC LIMIT :limit)
    UNION ALL
    (SELECT t.id, t AS made FROM ledger.transaction t
      WHERE t.target_owner_id = :viewer AND t.status <> 'failed' AND t.source_owner_id IS DISTINCT FROM :viewer
        AND t.id >= b.lowest AND t.id < b.highest AND ledger.matches(t, b.wanted, :viewer)
      ORDER BY t.id DESC LIMIT :limit)
    UNION ALL
    (SELECT t.id, t AS made FROM ledger.transaction t
      WHERE t.actor_id = :viewer AND t.status = 'failed'
        AND t.id >= b.lowest AND t.id < b.highest AND ledger.matches(t, b.wanted, :viewer)
      ORDER BY t.id DESC LIMIT :limit)
    UNION ALL
    (SELECT t.id, t AS made FROM ledger.split_target s JOIN ledger.transaction t ON t.id = s.transaction_id
      WHERE s.owner_id = :viewer AND t.source_owner_id <> :viewer
        AND s.transaction_id >= b.lowest AND s.transaction_id < b.highest AND ledger.matches(t, b.wanted, :viewer)
      ORDER BY s.transaction_id DESC LIMIT :limit)
  ) page
 ORDER BY page.id DESC LIMIT :limit
"""
)
_RECIPIENT = text("SELECT wallet_id, owner_id FROM directory.recipient_wallet(:email, :currency)")


def find(connection: Connection, transaction_id: str) -> dict[str, Any] | None:
    """The facts of a transaction, whoever the parties are."""
    row = connection.execute(_ONE, {"transaction_id": transaction_id}).one_or_none()
    return dict(row.facts) if row is not None else None


def list_of(connection: Connection, viewer: str, filters: Filters, page: Page) -> Sequence[Row[Any]]:
    """The viewer's transactions, newest first, with one more than the page shows."""
    return connection.execute(
        _LIST,
        {
            "viewer": viewer,
            "wanted": json.dumps({name: value for name, value in asdict(filters).items() if value is not None}),
            "created_gte": filters.created_gte,
            "created_lt": filters.created_lt,
            "before": page.before,
            "limit": page.limit + 1,
        },
    ).all()


def recipient_wallet(connection: Connection, email: str, currency: str) -> Row[Any] | None:
    """The unnamed open wallet in `currency` of the person with this address: `wallet_id`, `owner_id`."""
    return connection.execute(_RECIPIENT, {"email": email, "currency": currency}).one_or_none()
