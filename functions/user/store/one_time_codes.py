"""One-time codes of people with an account: live ones only, each as an HMAC."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from functions.user.store import Record

Purpose = Literal["password", "second_factor", "phone"]

_INSERT = text(
    """
    INSERT INTO identity.one_time_code (id, user_id, purpose, code_hmac, expires_at)
    VALUES (:id, :user_id, :purpose, :code_hmac, clock_timestamp() + make_interval(mins => :life_minutes))
    RETURNING expires_at
    """
)
# In the order of ids, so that two tries at once lock the same rows in the same order; what the other try changed is
# judged again as it is then.
_LOCK_LIVE = text(
    """
    SELECT id, user_id, code_hmac FROM identity.one_time_code
     WHERE user_id = :user_id AND purpose = :purpose
       AND expires_at > clock_timestamp()
     ORDER BY id FOR UPDATE
    """
)
_FORGET = text("DELETE FROM identity.one_time_code WHERE user_id = :user_id AND purpose = :purpose")
_FORGET_ALL = text("DELETE FROM identity.one_time_code WHERE user_id = :user_id")
_FORGET_OLD = text("DELETE FROM identity.one_time_code WHERE user_id = :user_id AND expires_at <= clock_timestamp()")


def insert(
    connection: Connection, *, code_id: str, user_id: str, purpose: Purpose, code_hmac: str, life_minutes: int
) -> datetime:
    """Keeps a code and forgets the person's old ones; answers when it expires."""
    connection.execute(_FORGET_OLD, {"user_id": user_id})
    facts = {
        "id": code_id,
        "user_id": user_id,
        "purpose": purpose,
        "code_hmac": code_hmac,
        "life_minutes": life_minutes,
    }
    expires_at: datetime = connection.execute(_INSERT, facts).scalar_one()
    return expires_at


def lock_live(connection: Connection, user_id: str, purpose: Purpose) -> Sequence[Record]:
    """Locks the person's codes that may still be tried."""
    return connection.execute(_LOCK_LIVE, {"user_id": user_id, "purpose": purpose}).all()


def forget(connection: Connection, user_id: str, purpose: Purpose) -> None:
    """None of them works any more."""
    connection.execute(_FORGET, {"user_id": user_id, "purpose": purpose})


def forget_all(connection: Connection, user_id: str) -> None:
    """None of the person's works any more, whatever for."""
    connection.execute(_FORGET_ALL, {"user_id": user_id})
