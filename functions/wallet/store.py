"""What the wallet service reads and writes in PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.pagination import Page

_WALLETS = """
SELECT w.id, w.owner_id, w.currency, w.name, w.metadata, a.state,
       b.posted_minor, b.held_minor, b.floor_minor, b.version,
       ledger.rfc3339(w.created_at) AS created_at,
       ledger.rfc3339(greatest(w.updated_at, b.posted_at)) AS updated_at
  FROM wallet.wallet w
  JOIN ledger.account a ON a.id = w.id
  JOIN ledger.balance b ON b.account_id = w.id AND b.stripe = 0
"""
_ONE = text(_WALLETS + " WHERE w.id = :wallet_id")
_OF_OWNER = text(
    _WALLETS
    + " WHERE w.owner_id = :owner_id AND (CAST(:before AS text) IS NULL OR w.id < CAST(:before AS text))"
    + " ORDER BY w.id DESC LIMIT :limit"
)
_INSERT = text(
    "INSERT INTO wallet.wallet (id, owner_id, currency, name, metadata) "
    "VALUES (:wallet_id, :owner_id, :currency, :name, CAST(:metadata AS jsonb)) ON CONFLICT DO NOTHING"
)
_OPEN = text("SELECT ledger.open_wallet(:wallet_id, :owner_id, :currency)")
_CLOSE = text("SELECT ledger.close_wallet(:wallet_id) AS refusal")
_MARK_CLOSED = text(
    "UPDATE wallet.wallet SET closed_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = :wallet_id"
)
# An entry's place in its wallet's book is its version; the cursor carries it as text.
_ENTRIES = text(
    """
    SELECT e.transaction_id, t.kind, e.amount_minor, e.currency, e.balance_after, e.version,
           t.description, t.external_id, ledger.rfc3339(e.posted_at) AS posted_at
      FROM ledger.entry e JOIN ledger.transaction t ON t.id = e.transaction_id
     WHERE e.account_id = :wallet_id AND e.stripe = 0
       AND (CAST(:before AS bigint) IS NULL OR e.version < CAST(:before AS bigint))
     ORDER BY e.version DESC LIMIT :limit
    """
)

WalletRow = Row[Any]


def find(connection: Connection, wallet_id: str) -> WalletRow | None:
    """The wallet with its balance, whoever owns it."""
    return connection.execute(_ONE, {"wallet_id": wallet_id}).one_or_none()


def list_of(connection: Connection, owner_id: str, page: Page) -> Sequence[WalletRow]:
    """The owner's wallets, newest first, with one more than the page shows; one statement, so one snapshot."""
    return connection.execute(_OF_OWNER, {"owner_id": owner_id, "before": page.before, "limit": page.limit + 1}).all()


def insert(
    connection: Connection,
    wallet_id: str,
    owner_id: str,
    currency: str,
    name: str | None,
    metadata: dict[str, str],
) -> bool:
    """Opens the account and writes the wallet; False where the owner has such a wallet already."""
    facts = {"wallet_id": wallet_id, "owner_id": owner_id, "currency": currency}
    connection.execute(_OPEN, facts)
    written = connection.execute(_INSERT, {**facts, "name": name, "metadata": json.dumps(metadata)})
    return written.rowcount == 1


def close(connection: Connection, wallet_id: str) -> dict[str, Any] | None:
    """Closes the account for good: None, or the ledger's refusal."""
    refusal: dict[str, Any] | None = connection.execute(_CLOSE, {"wallet_id": wallet_id}).scalar_one()
    if refusal is None:
        connection.execute(_MARK_CLOSED, {"wallet_id": wallet_id})
    return refusal


def entries(connection: Connection, wallet_id: str, page: Page) -> Sequence[Row[Any]]:
    """The wallet's book, newest first, with one more than the page shows."""
    return connection.execute(_ENTRIES, {"wallet_id": wallet_id, "before": page.before, "limit": page.limit + 1}).all()
