"""Ends the session of a refresh token, effective with the next request anywhere."""

from functions.user import refresh_tokens
from functions.user.store import sessions
from paycore import session
from paycore.database import transaction


def log_out(token: str) -> None:
    """Ends the whole family, whichever of its tokens this is; an unknown token ends nothing and nobody learns so."""
    with transaction() as connection:
        family = sessions.lock_family(connection, refresh_tokens.digest(token))
        if family:
            sessions.end(connection, family.id, "logout")
    if family:
        session.overwrite(family.id, family.user_id, [], active=False)
