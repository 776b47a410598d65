"""What the wallet service reads and writes in PostgreSQL."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text
from sqlalchemy.exc import DBAPIError

from paycore.database_trouble import UNIQUE_VIOLATION, sqlstate
from paycore.errors import WalletExists
from paycore.pagination import Page

# A striped wallet has several balance rows: what it has is their sum, and so is its version, in one snapshot.
# `read_at` is not later than that snapshot: what had committed until then is in the sums. clock_timestamp() runs on
# with the statement; statement_timestamp() is that of the driver's Execute message, and the snapshot that of the Bind
# before it; the transaction, here of this statement alone, begins with Parse, before both.
_WALLETS = """
SELECT w.id, w.owner_id, w.currency, w.name, w.metadata, b.state, b.posted_minor, b.held_minor, b.floor_minor,
       b.version, b.stripes, coalesce(h.pending_minor, 0)::bigint AS pending_in_minor,
       ledger.rfc3339(w.created_at) AS created_at,
       ledger.rfc3339(greatest(w.updated_at, b.posted_at)) AS updated_at,
       ledger.rfc3339(transaction_timestamp()) AS read_at
  FROM wallet.wallet w
  CROSS JOIN LATERAL (SELECT min(r.state) AS state, sum(r.posted_minor)::bigint AS posted_minor,
                             sum(r.held_minor)::bigint AS held_minor, sum(r.floor_minor)::bigint AS floor_minor,
                             sum(r.version)::bigint AS version, max(r.posted_at) AS posted_at,
                             count(*)::integer AS stripes
                        FROM ledger.balance r WHERE r.account_id = w.id) b
  LEFT JOIN LATERAL (SELECT sum(o.remaining_minor) AS pending_minor
                       FROM ledger.hold o WHERE o.target_account_id = w.id AND o.state = 'open') h ON true
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
_HOLD_ACCOUNT = text("SELECT directory.hold_account(:person_id)")
_OPEN = text("SELECT ledger.open_wallet(:wallet_id, :owner_id, :currency)")
_CHANGE = text("SELECT ledger.change_wallet(CAST(:change AS jsonb)) AS refusal")
_MARK_CLOSED = text(
    "UPDATE wallet.wallet SET closed_at = CASE WHEN :closed THEN clock_timestamp() END, "
    "updated_at = clock_timestamp() WHERE id = :wallet_id"
)
_RENAME = text("UPDATE wallet.wallet SET name = :name, updated_at = clock_timestamp() WHERE id = :wallet_id")
# A line's place in its wallet's book is its instant; on a striped wallet several lines may share it. The cursor carries
# instant, stripe and version.
_ENTRIES = text(
    """
    SELECT p.transaction_id, p.kind, p.amount_minor, p.currency, p.stripe, p.version, p.balance_after, p.description,
           p.external_id, ledger.rfc3339(p.posted_at) AS posted_at,
           CASE WHEN p.balance_after IS NOT NULL THEN p.version END AS wallet_version,
           (extract(epoch FROM p.posted_at) * 1000000)::bigint AS posted_us
      FROM ledger.book_page(:wallet_id, :viewer_id, coalesce(
               timestamptz 'epoch' + CAST(:posted_us AS bigint) * interval '1 microsecond', 'infinity'),
               :stripe, :version, :limit) p
    """
)
# What was posted before an instant: the last entry of each stripe says it.
_IS_OLDER = text("SELECT CAST(:instant AS timestamptz) <= clock_timestamp() - make_interval(secs => :age_s)")
_POSTED_BEFORE = text(
    """
    SELECT coalesce(sum(last.balance_after), 0)::bigint
      FROM ledger.account a
     CROSS JOIN generate_series(0, a.stripes - 1) s
      LEFT JOIN LATERAL (
           SELECT e.balance_after FROM ledger.entry e
            WHERE e.account_id = a.id AND e.stripe = s::smallint AND e.posted_at < CAST(:before AS timestamptz)
            ORDER BY e.posted_at DESC, e.version DESC LIMIT 1) last ON true
     WHERE a.id = :wallet_id
    """
)


WalletRow = Row[Any]


def find(connection: Connection, wallet_id: str) -> WalletRow | None:
    """The wallet with its balance, whoever owns it."""
    return connection.execute(_ONE, {"wallet_id": wallet_id}).one_or_none()


def list_of(connection: Connection, owner_id: str, page: Page) -> Sequence[WalletRow]:
    """The owner's wallets, newest first, with one more than the page shows; one statement, so one snapshot."""
    return connection.execute(_OF_OWNER, {"owner_id": owner_id, "before": page.before, "limit": page.limit + 1}).all()


def hold_account(connection: Connection, person_id: str) -> bool:
    """Whether the person's account is not closed; it stays so until the commit."""
    return connection.execute(_HOLD_ACCOUNT, {"person_id": person_id}).scalar_one() is True


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


def change(connection: Connection, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Asks the ledger to change what a wallet allows: None, or its refusal."""
    refusal: dict[str, Any] | None = connection.execute(_CHANGE, {"change": json.dumps(wanted)}).scalar_one()
    return refusal


def mark_closed(connection: Connection, wallet_id: str, *, closed: bool) -> None:
    """Frees the wallet's name among its owner's open wallets, or takes it again; raises WalletExists."""
    _take_name(connection, _MARK_CLOSED, {"wallet_id": wallet_id, "closed": closed})


def rename(connection: Connection, wallet_id: str, name: str | None) -> None:
    """Gives the wallet another name; raises WalletExists."""
    _take_name(connection, _RENAME, {"wallet_id": wallet_id, "name": name})


def _take_name(connection: Connection, statement: TextClause, values: dict[str, Any]) -> None:
    try:
        connection.execute(statement, values)
    except DBAPIError as trouble:
        if sqlstate(trouble) != UNIQUE_VIOLATION:  # here that of wallet_unique; by state: pg8000 has one class for all
            raise
        raise WalletExists from trouble


def is_older(connection: Connection, instant: datetime, age: timedelta) -> bool:
    """Whether an instant is at least so long ago."""
    values = {"instant": instant.isoformat(), "age_s": age.total_seconds()}
    return bool(connection.execute(_IS_OLDER, values).scalar_one())


def posted_before(connection: Connection, wallet_id: str, before: datetime) -> int:
    """What the wallet had before an instant, in minor units; 0 before its first entry."""
    values = {"wallet_id": wallet_id, "before": before.isoformat()}
    return int(connection.execute(_POSTED_BEFORE, values).scalar_one())


def entries(
    connection: Connection, wallet_id: str, page: Page, viewer_id: str, *, sees_all: bool
) -> Sequence[Row[Any]]:
    """The wallet's book as the viewer may see it, newest first, with one more than the page shows."""
    posted_us, stripe, version = map(int, page.before.split("_")) if page.before else (None, 0, 0)
    place = {"posted_us": posted_us, "stripe": stripe, "version": version}
    viewer = {"viewer_id": None if sees_all else viewer_id}
    return connection.execute(_ENTRIES, {"wallet_id": wallet_id, **place, **viewer, "limit": page.limit + 1}).all()
