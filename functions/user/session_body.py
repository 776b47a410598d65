"""The answer that carries a session's tokens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.user.signing_key import signing_key
from functions.user.store import Record
from paycore import clock, ids, settings, tokens
from paycore.settings import TokenSettings


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token and when it expires."""

    token: str
    expires_at: datetime


def session_body(session: Record, refresh: Refresh) -> dict[str, Any]:
    """A new access token beside the refresh token; neither outlives the session."""
    return {
        **access_token_body(session),
        "object": "session",
        "refresh_token": refresh.token,
        "refresh_expires_in": _seconds(refresh.expires_at - clock.now()),
    }


def access_token_body(session: Record) -> dict[str, Any]:
    """A new access token of the session."""
    now = clock.now()
    expires_at = min(now + timedelta(seconds=tokens.LIFE_S), session.ends_at)
    own, key = settings.read(TokenSettings), signing_key()
    token = tokens.AccessToken(
        user_id=session.user_id,
        session_id=session.id,
        expires=int(expires_at.timestamp()),
        auth_time=int(session.authenticated_at.timestamp()),
        amr=tuple(session.amr),
    )
    access_token = tokens.issue(
        token,
        token_id=str(ids.new_uuid()),
        issuer=own.token_issuer,
        audience=own.token_audience,
        kid=key.kid,
        private_key_pem=key.private_key_pem,
    )
    return {
        "object": "access_token",
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": _seconds(expires_at - now),
        "session_id": session.id,
    }


def _seconds(life: timedelta) -> int:
    return max(0, round(life.total_seconds()))
