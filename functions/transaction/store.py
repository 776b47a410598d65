"""What the transaction service reads and writes in PostgreSQL, beyond the ledger's own call."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import text

from functions.transaction.filters import Filters
from paycore.database import Connection, Row
from paycore.pagination import Page
from paycore.request_key import RequestKey

_ONE = text("SELECT ledger.facts(t) AS facts FROM ledger.transaction t WHERE t.id = :transaction_id")
# Materialized: a plan that walked all transactions from the newest on would never end where nothing continued this one.
_TIMELINE = text(
    """
    WITH known AS MATERIALIZED (
        SELECT CAST(:transaction_id AS text) AS id
        UNION ALL SELECT t.id::text FROM ledger.transaction t WHERE t.original_id = :transaction_id
    ), shown AS (
        SELECT k.id FROM known k WHERE CAST(:before AS text) IS NULL OR k.id COLLATE "C" < CAST(:before AS text)
         ORDER BY k.id COLLATE "C" DESC LIMIT :limit
    )
    SELECT t.id, ledger.facts(t) AS facts FROM shown s JOIN ledger.transaction t ON t.id = s.id ORDER BY t.id DESC
    """
)
_LIST = text("SELECT id, facts FROM ledger.history_page(:viewer, CAST(:wanted AS jsonb), :before, :limit, :looks)")
_RECIPIENT = text(
    "SELECT wallet_id, owner_id FROM directory.recipient_wallet(CAST(:address_hmacs AS text[]), :currency)"
)

_IS_KNOWN = text(
    "SELECT EXISTS (SELECT FROM ledger.idempotency_key k "
    "                WHERE (k.principal, k.route, k.key) = (:principal, :route, :key)) AS is_known"
)

LOOKS_MAX = 10_000  # transactions that one page looks at: some 0.1 s, and a statement has 2


def find(connection: Connection, transaction_id: str) -> dict[str, Any] | None:
    """The facts of a transaction, whoever the parties are."""
    row = connection.execute(_ONE, {"transaction_id": transaction_id}).one_or_none()
    return dict(row.facts) if row is not None else None


def timeline(connection: Connection, transaction_id: str, page: Page) -> Sequence[Row[Any]]:
    """The transaction and what continues it, newest first, with one more than the page shows."""
    asked = {"transaction_id": transaction_id, "before": page.before, "limit": page.limit + 1}
    return connection.execute(_TIMELINE, asked).all()


def list_of(connection: Connection, viewer: str, filters: Filters, page: Page) -> Sequence[Row[Any]]:
    """The viewer's transactions, newest first, with one more than the page shows.

    Where the look ended before, at LOOKS_MAX, the last row has no facts and says how far it came.
    """
    wanted = json.dumps({name: value for name, value in asdict(filters).items() if value is not None})
    asked = {"viewer": viewer, "wanted": wanted, "before": page.before, "limit": page.limit + 1, "looks": LOOKS_MAX}
    return connection.execute(_LIST, asked).all()


def is_known(connection: Connection, key: RequestKey) -> bool:
    """Whether the ledger has an answer under this key."""
    name = {"principal": key.principal, "route": key.route, "key": key.key}
    return bool(connection.execute(_IS_KNOWN, name).scalar_one())


def recipient_wallet(connection: Connection, address_hmacs: list[str], currency: str) -> Row[Any] | None:
    """The unnamed open wallet in `currency` of the person with this address: `wallet_id`, `owner_id`."""
    return connection.execute(_RECIPIENT, {"address_hmacs": address_hmacs, "currency": currency}).one_or_none()
