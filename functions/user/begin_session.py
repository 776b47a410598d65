"""Begins a session: its row and its first refresh token."""

from dataclasses import dataclass

from functions.user import refresh_tokens
from functions.user.session_body import Refresh
from functions.user.store import Connection, Record, sessions
from paycore import ids

_FIRST = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """The session and the token that prolongs it."""

    session: Record
    refresh: Refresh


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
