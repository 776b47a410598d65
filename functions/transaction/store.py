"""What the transaction service reads in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.pagination import Page

_FACTS = """
SELECT t.id, t.kind, t.status, t.amount_minor AS amount, t.currency,
       CASE WHEN t.source_owner_id IS NOT NULL THEN t.source_account_id END AS source_wallet_id,
       t.source_owner_id,
       CASE WHEN t.target_owner_id IS NOT NULL THEN t.target_account_id END AS target_wallet_id,
       t.target_owner_id, t.actor_id, t.description, t.external_id, t.reason, t.metadata, t.failure_code,
       ledger.rfc3339(t.requested_at) AS created_at, ledger.rfc3339(t.posted_at) AS completed_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('account_id', e.account_id, 'owner_id', a.owner_id,
                            'amount', e.amount_minor, 'balance_after', e.balance_after, 'version', e.version)
                            ORDER BY e.amount_minor)
                   FROM ledger.entry e JOIN ledger.account a ON a.id = e.account_id
                  WHERE e.transaction_id = t.id), '[]') AS legs
  FROM ledger.transaction t
"""
_ONE = text(_FACTS + " WHERE t.id = :transaction_id")
# Each filter is a condition that its absence switches off; the planner sees constants, not parameters, at run time.
_LIST = text(
    _FACTS
    + """
 WHERE (t.source_owner_id = :viewer OR (t.target_owner_id = :viewer AND t.status <> 'failed'))
   AND (CAST(:before AS text) IS NULL OR t.id < CAST(:before AS text))
   AND (CAST(:wallet_id AS text) IS NULL OR t.source_account_id = :wallet_id OR t.target_account_id = :wallet_id)
   AND (CAST(:kind AS text) IS NULL OR t.kind = :kind)
   AND (CAST(:status AS text) IS NULL OR t.status = :status)
   AND (CAST(:currency AS text) IS NULL OR t.currency = :currency)
   AND (CAST(:external_id AS text) IS NULL OR t.external_id = :external_id)
 ORDER BY t.id DESC LIMIT :limit"""
)
_RECIPIENT = text("SELECT wallet_id FROM directory.recipient_wallet(:email, :currency)")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a history is narrowed to; None does not narrow."""

    wallet_id: str | None
    kind: str | None
    status: str | None
    currency: str | None
    external_id: str | None


def find(connection: Connection, transaction_id: str) -> dict[str, Any] | None:
    """The facts of a transaction, whoever the parties are."""
    row = connection.execute(_ONE, {"transaction_id": transaction_id}).mappings().one_or_none()
    return dict(row) if row is not None else None


def list_of(connection: Connection, viewer: str, filters: Filters, page: Page) -> Sequence[Row[Any]]:
    """The viewer's transactions, newest first, with one more than the page shows."""
    return connection.execute(
        _LIST,
        {
            "viewer": viewer,
            "before": page.before,
            "limit": page.limit + 1,
            "wallet_id": filters.wallet_id,
            "kind": filters.kind,
            "status": filters.status,
            "currency": filters.currency,
            "external_id": filters.external_id,
        },
    ).all()


def recipient_wallet(connection: Connection, email: str, currency: str) -> str | None:
    """The unnamed open wallet in `currency` of the person with this address."""
    row = connection.execute(_RECIPIENT, {"email": email, "currency": currency}).one_or_none()
    return str(row.wallet_id) if row is not None else None
