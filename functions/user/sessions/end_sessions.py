"""Ends sessions of a person, effective with the next request anywhere."""

from functions.user.sessions.stage_end import stage_end
from functions.user.store import known_devices, sessions
from paycore import ids, session
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import SessionNotFound
from paycore.origin import Origin


def end_session(caller: Caller, session_id: str, origin: Origin) -> None:
    """One of the caller's own; its device is a new one then, unless it is this session's, too.

    Raises SessionNotFound for an ended, a foreign and an absent one.
    """
    if not ids.is_id("ses", session_id):
        raise SessionNotFound
    with transaction() as connection:
        if not sessions.end_one_of(connection, caller.user_id, session_id, "owner"):
            raise SessionNotFound
        known_devices.forget_of_sessions(connection, caller.user_id, [session_id], but_of=caller.session_id)
        stage_end(connection, caller.user_id, [session_id], "owner", origin)
    session.revoke([session_id], caller.user_id)


def end_all_sessions(caller: Caller, origin: Origin) -> None:
    """All of the caller's, this one, too."""
    with transaction() as connection:
        ended = sessions.end_all(connection, caller.user_id, "logout")
        known_devices.forget_of_sessions(connection, caller.user_id, ended)
        stage_end(connection, caller.user_id, ended, "logout", origin)
    session.revoke(ended, caller.user_id)
