"""Ends the session of a refresh token, effective with the next request anywhere."""

from functions.user import attempts, refresh_tokens
from functions.user.sessions.stage_end import stage_end
from functions.user.store import sessions
from paycore import session
from paycore.database import transaction
from paycore.origin import Origin


def log_out(token: str, origin: Origin) -> None:
    """Ends the whole family, whichever of its tokens this is; an unknown token ends nothing and nobody learns so."""
    attempts.admit_uncounted(origin)
    with transaction() as connection:
        family = sessions.lock_family(connection, refresh_tokens.digest(token))
        if family and sessions.end(connection, family.id, "logout"):
            stage_end(connection, family.user_id, [family.id], "logout", origin)
    if family:
        session.revoke([family.id], family.user_id)
