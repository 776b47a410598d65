"""Results, checkpoints and the freezing of wallets in PostgreSQL."""

import json
from typing import Any

from sqlalchemy import Connection, Row, text

# Any constant will do, as long as it is ours: two verifications at once would write the same checkpoints.
LOCK_NEW, LOCK_WHOLE = 7_203_415_002, 7_203_415_003

_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(:lock)")
# The day of verification begins at 03:00 UTC, when the least money moves; a night that was missed is made up for.
_LAST = text(
    """
    SELECT EXISTS (SELECT FROM ledger.verification v
                    WHERE v.whole AND v.started_at >= date_trunc('day', n.utc - interval '3 hours') AT TIME ZONE 'UTC'
                                                      + interval '3 hours') AS whole_is_fresh,
           (SELECT max(v.started_at) FROM ledger.verification v WHERE NOT v.whole) AS started_at,
           clock_timestamp() AS now
      FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS utc) n
    """
)
_KEEP_CHECKPOINTS = text(
    "SELECT ledger.keep_checkpoints(ROW(CAST(:after_account AS text), CAST(:after_stripe AS smallint), :upto_account, "
    "       :upto_stripe)::ledger.section, :whole, CAST(:broken AS text[]))"
)
_FORGET_CHECKPOINTS = text("SELECT ledger.forget_checkpoints(CAST(:accounts AS text[]))")
_ADD = text(
    "INSERT INTO ledger.verification (id, whole, status, started_at, entries, wallets, violations) "
    "VALUES (:id, :whole, :status, :started_at, :entries, :wallets, CAST(:violations AS jsonb))"
)
_REMOVE_OLD = text("DELETE FROM ledger.verification WHERE checked_at < clock_timestamp() - interval '90 days'")
# A failure shows until a whole verification passes: what is recent cannot tell that what is old was repaired.
_CURRENT = text(
    """
    SELECT v.id, v.whole, v.status, ledger.rfc3339(v.started_at) AS created_at,
           ledger.rfc3339(v.checked_at) AS checked_at, v.entries, v.wallets, v.violations
      FROM ledger.verification v
     WHERE v.id >= coalesce((SELECT max(w.id) FROM ledger.verification w WHERE w.whole), '')
     ORDER BY (v.status = 'fail') DESC, v.id DESC LIMIT 1
    """
)
_DEBITABLE = text(
    "SELECT a.id FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id "
    " WHERE a.id = ANY(CAST(:ids AS text[])) AND a.kind = 'wallet' "
    " GROUP BY a.id HAVING bool_or(b.state IN ('active', 'credit_frozen')) ORDER BY a.id"
)
_FREEZE = text(
    "SELECT ledger.change_wallet(jsonb_build_object('action', 'freeze', 'direction', 'debit', "
    "       'wallet_id', CAST(:wallet_id AS text))) AS refusal"
)
_WALLET = text(
    "SELECT a.owner_id, min(b.state) AS state, ledger.version_of(a.id) AS version "
    "  FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id WHERE a.id = :wallet_id GROUP BY a.id"
)


def take_turn(connection: Connection, lock: int) -> bool:
    """Until the end of this transaction no other verification of the lock's kind runs; False if one does."""
    return bool(connection.execute(_TAKE_TURN, {"lock": lock}).scalar_one())


def last(connection: Connection) -> Row[Any]:
    """Whether tonight's whole one is done; when the last one of what is new began, or None; the server's time."""
    return connection.execute(_LAST).one()


def keep_checkpoints(connection: Connection, section: dict[str, Any], broken: list[str]) -> None:
    """Remembers the section's rows as this snapshot has them, but for those of `broken` accounts."""
    connection.execute(_KEEP_CHECKPOINTS, {**section, "broken": broken})


def forget_checkpoints(connection: Connection, accounts: list[str]) -> None:
    """These accounts are verified from their first entry the next time."""
    connection.execute(_FORGET_CHECKPOINTS, {"accounts": accounts})


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Keeps a result, for 90 days."""
    connection.execute(_ADD, {**values, "violations": json.dumps(values["violations"])})
    connection.execute(_REMOVE_OLD)


def current(connection: Connection) -> Row[Any] | None:
    """The last failure since the last whole verification, that one included; else the newest result."""
    return connection.execute(_CURRENT).one_or_none()


def debitable(connection: Connection, account_ids: list[str]) -> list[str]:
    """Those of the accounts that are wallets from which money can still go."""
    return [str(row.id) for row in connection.execute(_DEBITABLE, {"ids": account_ids})]


def freeze(connection: Connection, wallet_id: str) -> Row[Any] | None:
    """Freezes debits; the wallet's owner, state and version since, or None where it was refused."""
    if connection.execute(_FREEZE, {"wallet_id": wallet_id}).scalar_one() is not None:
        return None
    return connection.execute(_WALLET, {"wallet_id": wallet_id}).one()
