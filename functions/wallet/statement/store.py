"""The movements of a wallet in a period."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text

# One row for each movement: what it brought the wallet, on whatever stripe. Entries that only gather between the
# stripes sum to nothing and concern nobody. `balance_after` is null on a striped wallet: there it is a fold.
# `wallet_version` is null where the leg's is, as it was when posted: a striping must not change a past fingerprint.
# The initiator's own note is nobody else's (paycore.ledger.render).
_MOVEMENTS = text(
    """
    SELECT m.*, t.kind, t.description, a.currency, ledger.rfc3339(m.instant) AS posted_at,
           CASE WHEN NOT t.legs @> jsonb_build_array(jsonb_build_object('account_id', a.id, 'version', NULL))
                THEN m.version END AS wallet_version,
           CASE WHEN :sees_all OR :viewer_id IN (t.source_owner_id, t.actor_id) THEN t.external_id END AS external_id
      FROM ledger.account a
     CROSS JOIN LATERAL (
           SELECT e.transaction_id, max(e.posted_at) AS instant, sum(e.amount_minor)::bigint AS amount_minor,
                  max(e.version) AS version,
                  CASE WHEN a.stripes = 1 THEN (array_agg(e.balance_after ORDER BY e.version DESC))[1] END
                      AS balance_after
             FROM generate_series(0, a.stripes - 1) s
             JOIN ledger.entry e ON e.account_id = a.id AND e.stripe = s::smallint
            WHERE NOT e.gathers AND e.posted_at >= CAST(:from_at AS timestamptz)
              AND e.posted_at < CAST(:to_at AS timestamptz)
            GROUP BY e.transaction_id
            ORDER BY max(e.posted_at), e.transaction_id LIMIT :limit) m
      JOIN ledger.transaction t ON t.id = m.transaction_id
     WHERE a.id = :wallet_id
     ORDER BY m.instant, m.transaction_id
    """
)

_ONE_MORE_ENTRY = text(
    """
    SELECT 1 FROM ledger.account a
     CROSS JOIN LATERAL generate_series(0, a.stripes - 1) s
      JOIN ledger.entry e ON e.account_id = a.id AND e.stripe = s::smallint
     WHERE a.id = :wallet_id
       AND e.posted_at >= CAST(:from_at AS timestamptz) AND e.posted_at < CAST(:to_at AS timestamptz)
    OFFSET :than LIMIT 1
    """
)


def has_more_entries(connection: Connection, wallet_id: str, from_at: datetime, to_at: datetime, than: int) -> bool:
    """Whether the period has more than so many entries: then nobody needs to read them to know that it is too large."""
    facts = {"wallet_id": wallet_id, "from_at": from_at.isoformat(), "to_at": to_at.isoformat(), "than": than}
    return connection.execute(_ONE_MORE_ENTRY, facts).one_or_none() is not None


def movements(
    connection: Connection,
    wallet_id: str,
    from_at: datetime,
    to_at: datetime,
    limit: int,
    viewer_id: str,
    *,
    sees_all: bool,
) -> Sequence[Row[Any]]:
    """At most `limit` movements from `from_at` until before `to_at`, oldest first, as the viewer may see them."""
    period = {"from_at": from_at.isoformat(), "to_at": to_at.isoformat()}
    viewer = {"viewer_id": viewer_id, "sees_all": sees_all}
    return connection.execute(_MOVEMENTS, {"wallet_id": wallet_id, "limit": limit, **period, **viewer}).all()
