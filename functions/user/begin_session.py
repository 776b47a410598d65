"""Begins a session: its row and its first refresh token."""

from dataclasses import dataclass

from functions.user import refresh_tokens
from functions.user.session_body import Refresh
from functions.user.store import Connection, Record, sessions
from paycore import ids
from paycore.events.user import UserLoggedIn
from paycore.outbox import stage_event

_FIRST = 1
PASSWORD_ONLY = ["pwd"]  # RFC 8176


@dataclass(frozen=True, slots=True)
class Begun:
    """The session and the token that prolongs it."""

    session: Record
    refresh: Refresh


def sign_in(connection: Connection, user_id: str, device: str | None, amr: list[str], request_id: str) -> Begun:
    """A session of somebody who signs in, with its event; the account is locked."""
    begun = begin_session(connection, user_id, device=device, amr=amr)
    event = UserLoggedIn(user_id=user_id, session_id=begun.session.id)
    stage_event(connection, event, subject=user_id, partition_key=user_id, request_id=request_id)
    return begun


def begin_session(connection: Connection, user_id: str, *, device: str | None, amr: list[str]) -> Begun:
    """`amr`: how the person was recognised (RFC 8176). The caller tells everybody, after the commit."""
    begun = sessions.begin(
        connection,
        session_id=ids.new("ses"),
        user_id=user_id,
        device=device,
        amr=amr,
        life_days=refresh_tokens.FAMILY_LIFE_DAYS,
    )
    token = refresh_tokens.new_token()
    expires_at = sessions.add_token(
        connection,
        begun.id,
        position=_FIRST,
        digest=refresh_tokens.digest(token),
        life_days=refresh_tokens.LIFE_DAYS,
    )
    return Begun(begun, Refresh(token, expires_at))
