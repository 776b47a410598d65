"""Sessions and their refresh tokens. A session is a family of tokens; of a token only its SHA-256 is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from functions.user.store import Record

EndReason = Literal["logout", "reuse", "disabled", "password", "owner", "second_factor", "closed", "limit"]

# Whoever showed the second factor within the session authenticated anew.
_SESSION = "id, user_id, amr, coalesce(stepped_up_at, authenticated_at) AS authenticated_at, ends_at"
_BEGIN = text(
    f"""
    INSERT INTO identity.session (id, user_id, device, device_digest, amr, ends_at)
    VALUES (:session_id, :user_id, :device, :device_digest, CAST(:amr AS text[]),
            clock_timestamp() + make_interval(days => :life_days))
    RETURNING {_SESSION}
    """  # noqa: S608  # our own constant
)
_ADD_TOKEN = text(
    """
    INSERT INTO identity.refresh_token (session_id, position, digest, expires_at)
    SELECT id, :position, :digest, least(ends_at, clock_timestamp() + make_interval(days => :life_days))
      FROM identity.session WHERE id = :session_id
    RETURNING expires_at
    """
)
# The lock first and the state in a statement of its own: what another refresh committed while this one waited is
# seen only by a statement that begins after the wait.
_LOCK_FAMILY = text(
    f"""
    SELECT {_SESSION} FROM identity.session
     WHERE id = (SELECT session_id FROM identity.refresh_token WHERE digest = :digest) FOR NO KEY UPDATE
    """  # noqa: S608  # our own constant
)
_TOKEN_STATE = text(
    """
    SELECT token.position, token.successor_key,
           session.ended_at IS NULL AND session.ends_at > clock_timestamp() AND person.status = 'active' AS is_alive,
           token.expires_at <= clock_timestamp() AS is_expired,
           extract(epoch FROM clock_timestamp() - token.rotated_at)::double precision AS rotated_ago_s,
           successor.rotated_at IS NOT NULL AS successor_is_used,
           successor.expires_at AS successor_expires_at
      FROM identity.refresh_token AS token
      JOIN identity.session AS session ON session.id = token.session_id
      JOIN identity.user AS person ON person.id = session.user_id
      LEFT JOIN identity.refresh_token AS successor
             ON successor.session_id = token.session_id AND successor.position = token.position + 1
     WHERE token.digest = :digest
    """
)
_MARK_ROTATED = text(
    "UPDATE identity.refresh_token SET rotated_at = clock_timestamp(), successor_key = :successor_key "
    "WHERE session_id = :session_id AND position = :position"
)
_END = text(
    "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = :reason "
    "WHERE id = :session_id AND ended_at IS NULL RETURNING id"
)
_END_ALL = text(
    "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = :reason "
    "WHERE user_id = :user_id AND ended_at IS NULL AND ends_at > clock_timestamp() RETURNING id"
)
_END_ONE_OF = text(
    "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = :reason "
    "WHERE id = :session_id AND user_id = :user_id AND ended_at IS NULL AND ends_at > clock_timestamp() RETURNING id"
)
_END_OTHERS = text(
    "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = :reason "
    "WHERE user_id = :user_id AND id <> :session_id AND ended_at IS NULL AND ends_at > clock_timestamp() RETURNING id"
)
_STEP_UP = text(
    f"""
    UPDATE identity.session
       SET stepped_up_at = clock_timestamp(), amr = CASE WHEN 'otp' = ANY(amr) THEN amr ELSE amr || '{{otp}}' END
     WHERE id = :session_id AND user_id = :user_id AND ended_at IS NULL AND ends_at > clock_timestamp()
    RETURNING {_SESSION}
    """  # noqa: S608  # our own constant
)
_FIND = text("SELECT device, device_digest FROM identity.session WHERE id = :session_id")
_IS_LIVE = text(
    "SELECT EXISTS (SELECT FROM identity.session WHERE id = :session_id AND user_id = :user_id "
    "                  AND ended_at IS NULL AND ends_at > clock_timestamp())"
)
_LIVE = text(
    "SELECT id FROM identity.session WHERE user_id = :user_id AND ended_at IS NULL AND ends_at > clock_timestamp()"
)


@dataclass(frozen=True, slots=True)
class TokenState:
    """What is known about a refresh token that was presented; its family is locked."""

    position: int
    successor_key: str | None
    is_alive: bool
    is_expired: bool
    rotated_ago_s: float | None
    successor_is_used: bool
    successor_expires_at: datetime | None


def begin(
    connection: Connection,
    *,
    session_id: str,
    user_id: str,
    device: str | None,
    device_digest: bytes | None,
    amr: list[str],
    life_days: int,
) -> Record:
    """A new session, which ends after `life_days` at the latest."""
    facts = {"session_id": session_id, "user_id": user_id, "device": device, "amr": amr, "life_days": life_days}
    return connection.execute(_BEGIN, {**facts, "device_digest": device_digest}).one()


def add_token(connection: Connection, session_id: str, *, position: int, digest: bytes, life_days: int) -> datetime:
    """Adds a refresh token to the family; answers when it expires, never later than the family."""
    facts = {"session_id": session_id, "position": position, "digest": digest, "life_days": life_days}
    expires_at: datetime = connection.execute(_ADD_TOKEN, facts).scalar_one()
    return expires_at


def lock_family(connection: Connection, digest: bytes) -> Record | None:
    """The session of a refresh token, locked until the commit: its tokens are used one at a time."""
    return connection.execute(_LOCK_FAMILY, {"digest": digest}).one_or_none()


def token_state(connection: Connection, digest: bytes) -> TokenState:
    """The state of a token whose family is locked."""
    return TokenState(**connection.execute(_TOKEN_STATE, {"digest": digest}).mappings().one())


def mark_rotated(connection: Connection, session_id: str, position: int, successor_key: str) -> None:
    """The token was exchanged for its successor, which the key of this id makes again."""
    facts = {"session_id": session_id, "position": position, "successor_key": successor_key}
    connection.execute(_MARK_ROTATED, facts)


def end(connection: Connection, session_id: str, reason: EndReason) -> bool:
    """Ends a session, and whether it had not ended before: then it keeps its first reason."""
    return connection.execute(_END, {"session_id": session_id, "reason": reason}).one_or_none() is not None


def end_all(connection: Connection, user_id: str, reason: EndReason) -> Sequence[str]:
    """Ends all sessions of a person; answers their ids."""
    return connection.execute(_END_ALL, {"user_id": user_id, "reason": reason}).scalars().all()


def end_one_of(connection: Connection, user_id: str, session_id: str, reason: EndReason) -> bool:
    """Ends one live session of this person; whether there was one."""
    facts = {"session_id": session_id, "user_id": user_id, "reason": reason}
    return connection.execute(_END_ONE_OF, facts).one_or_none() is not None


def end_others(connection: Connection, user_id: str, session_id: str, reason: EndReason) -> Sequence[str]:
    """Ends all sessions of a person but this one; answers their ids."""
    facts = {"user_id": user_id, "session_id": session_id, "reason": reason}
    return connection.execute(_END_OTHERS, facts).scalars().all()


def step_up(connection: Connection, user_id: str, session_id: str) -> Record | None:
    """The person's session, in which the second factor was just shown; None where it has ended."""
    return connection.execute(_STEP_UP, {"user_id": user_id, "session_id": session_id}).one_or_none()


def find(connection: Connection, session_id: str) -> Record | None:
    """On which device a session is."""
    return connection.execute(_FIND, {"session_id": session_id}).one_or_none()


def is_live(connection: Connection, user_id: str, session_id: str) -> bool:
    """Whether it is a session of this person that has not ended."""
    facts = {"session_id": session_id, "user_id": user_id}
    found: bool = connection.execute(_IS_LIVE, facts).scalar_one()
    return found


def live(connection: Connection, user_id: str) -> Sequence[str]:
    """The ids of a person's sessions."""
    return connection.execute(_LIVE, {"user_id": user_id}).scalars().all()
