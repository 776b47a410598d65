"""What is kept about somebody, for who exports it: newest first, each with one more than is shown."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from functions.user.store import Record

# Also what has ended.
_SESSIONS = text(
    """
    SELECT s.id, s.device, s.amr, s.authenticated_at, least(s.ends_at, t.expires_at) AS ends_at, s.ended_at,
           s.end_reason, t.created_at AS refreshed_at
      FROM identity.session AS s
      CROSS JOIN LATERAL (SELECT created_at, expires_at FROM identity.refresh_token
                           WHERE session_id = s.id ORDER BY position DESC LIMIT 1) AS t
     WHERE s.user_id = :user_id ORDER BY s.id DESC LIMIT :at_most
    """
)
_API_KEYS = text(
    """
    SELECT id, name, shown, scopes, addresses, created_at, expires_at, last_used_at, revoked_at
      FROM identity.api_key WHERE user_id = :user_id ORDER BY id DESC LIMIT :at_most
    """
)
_EMAIL_CHANGES = text(
    """
    SELECT id, sealed_old_email, sealed_new_email, expires_at, completed_at
      FROM identity.email_change WHERE user_id = :user_id ORDER BY id DESC LIMIT :at_most
    """
)
_DEVICES = text(
    "SELECT first_seen_at, last_seen_at FROM identity.known_device WHERE user_id = :user_id "
    "ORDER BY last_seen_at DESC LIMIT :at_most"
)
_WALLETS = text("SELECT directory.wallets_of(:user_id, :at_most)")
_PAYMENT_METHODS = text("SELECT directory.payment_methods_of(:user_id, :at_most)")
_SCHEDULES = text("SELECT directory.schedules_of(:user_id, :at_most)")
_TRANSACTIONS = text("SELECT facts FROM ledger.history_page(:user_id, '{}'::jsonb, NULL, :at_most, :at_most)")


def sessions(connection: Connection, user_id: str, at_most: int) -> Sequence[Record]:
    """Where the person is and was signed in."""
    return connection.execute(_SESSIONS, _asked(user_id, at_most)).all()


def api_keys(connection: Connection, user_id: str, at_most: int) -> Sequence[Record]:
    """The person's keys, revoked ones, too; never what opens the door."""
    return connection.execute(_API_KEYS, _asked(user_id, at_most)).all()


def email_changes(connection: Connection, user_id: str, at_most: int) -> Sequence[Record]:
    """Changes of the address that are asked for or were made lately; the addresses are sealed."""
    return connection.execute(_EMAIL_CHANGES, _asked(user_id, at_most)).all()


def known_devices(connection: Connection, user_id: str, at_most: int) -> Sequence[Record]:
    """Devices that the person signed in from; each is known by a hash alone, which tells nobody anything."""
    return connection.execute(_DEVICES, _asked(user_id, at_most)).all()


def wallets(connection: Connection, user_id: str, at_most: int) -> Sequence[dict[str, Any]]:
    """Wallet objects."""
    return connection.execute(_WALLETS, _asked(user_id, at_most)).scalars().all()


def payment_methods(connection: Connection, user_id: str, at_most: int) -> Sequence[dict[str, Any]]:
    """Payment method objects."""
    return connection.execute(_PAYMENT_METHODS, _asked(user_id, at_most)).scalars().all()


def schedules(connection: Connection, user_id: str, at_most: int) -> Sequence[dict[str, Any]]:
    """Schedule objects without their occurrences and sealed addresses."""
    return connection.execute(_SCHEDULES, _asked(user_id, at_most)).scalars().all()


def transactions(connection: Connection, user_id: str, at_most: int) -> Sequence[dict[str, Any]]:
    """The facts of the person's transactions."""
    rows = connection.execute(_TRANSACTIONS, _asked(user_id, at_most))
    return [facts for facts in rows.scalars() if facts is not None]


def _asked(user_id: str, at_most: int) -> dict[str, Any]:
    return {"user_id": user_id, "at_most": at_most + 1}
