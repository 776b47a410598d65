"""Exchanges a refresh token for its successor and a new access token."""

from typing import Any

from functions.user import attempts, refresh_tokens
from functions.user.keys import identity_ring
from functions.user.refresh_tokens import Verdict
from functions.user.session_body import Refresh, session_body
from functions.user.sessions.stage_end import stage_end
from functions.user.signing_key import signing_key
from functions.user.store import Connection, Record, known_devices, sessions
from functions.user.store.sessions import TokenState
from paycore import session
from paycore.database import transaction
from paycore.errors import InvalidToken
from paycore.observability import logger
from paycore.origin import Origin


def refresh(token: str, origin: Origin) -> dict[str, Any]:
    """The session's next tokens; raises InvalidToken, also for a token that was used before (and ends its family)."""
    signing_key()  # without it the exchange would be for nothing
    attempts.admit_uncounted(origin)
    digest = refresh_tokens.digest(token)
    with transaction() as connection:
        family = sessions.lock_family(connection, digest)
        if family is None:
            raise InvalidToken
        state = sessions.token_state(connection, digest)
        verdict = refresh_tokens.judge(state)
        if verdict is Verdict.END_FAMILY and sessions.end(connection, family.id, "reuse"):
            stage_end(connection, family.user_id, [family.id], "reuse", origin)
            known_devices.forget(connection, family.user_id)  # who has a copy of one token may have the other, too
        following = _successor(connection, family, state, verdict, token)
    if verdict is Verdict.END_FAMILY:
        logger.warning("a refresh token was used twice", extra={"session_id": family.id, "user_id": family.user_id})
        session.revoke([family.id], family.user_id)
    if following is None:
        raise InvalidToken  # after the commit: an ended family stays ended
    return session_body(family, following)


def _successor(
    connection: Connection, family: Record, state: TokenState, verdict: Verdict, token: str
) -> Refresh | None:
    """The token that follows, made for the first time or once more; None where there is none."""
    if verdict is Verdict.REPEAT and not identity_ring().has_key(str(state.successor_key)):
        return None  # retired within the seconds of grace: the successor cannot be made again
    if verdict is Verdict.REPEAT:
        again = refresh_tokens.successor(family.id, state.position, token, str(state.successor_key))
        return Refresh(again, state.successor_expires_at or family.ends_at)
    if verdict is not Verdict.ROTATE:
        return None
    key_id = identity_ring().current
    following = refresh_tokens.successor(family.id, state.position, token, key_id)
    sessions.mark_rotated(connection, family.id, state.position, key_id)
    expires_at = sessions.add_token(
        connection,
        family.id,
        position=state.position + 1,
        digest=refresh_tokens.digest(following),
        life_days=refresh_tokens.LIFE_DAYS,
    )
    return Refresh(following, expires_at)
