"""Shows the second factor within a session: what needs it is open for some minutes."""

from typing import Any

from functions.user.second_factor import code
from functions.user.session_body import access_token_body
from functions.user.signing_key import signing_key
from functions.user.stage import stage
from functions.user.store import Connection, Record, second_factors, sessions
from paycore.caller import Caller
from paycore.database import one_statement, transaction
from paycore.errors import InvalidCode, MfaNotEnrolled, SessionRevoked
from paycore.events.second_factor import UserSteppedUp
from paycore.origin import Origin


def step_up(caller: Caller, typed: str, origin: Origin) -> dict[str, Any]:
    """A new access token of the session, with the present auth_time; refreshing keeps it.

    Raises MfaNotEnrolled, InvalidCode, RateLimited after too many tries.
    """
    signing_key()  # without it the code would be used up for nothing
    if one_statement(lambda connection: second_factors.find_active(connection, caller.user_id)) is None:
        raise MfaNotEnrolled
    tries = code.tries_in(caller, typed)
    code.admit_try(caller.user_id, typed, tries, origin, caller)
    with transaction() as connection:
        right = code.fits(connection, caller.user_id, typed, tries, origin, caller)
        stepped = _step_up(connection, caller, origin) if right else None
    if stepped is None:
        raise InvalidCode  # after the commit: the try counts
    return access_token_body(stepped)


def _step_up(connection: Connection, caller: Caller, origin: Origin) -> Record:
    """The session as it is now; raises SessionRevoked where it ended in between."""
    stepped = sessions.step_up(connection, caller.user_id, caller.session_id)
    if stepped is None:
        raise SessionRevoked
    event = UserSteppedUp(user_id=caller.user_id, session_id=caller.session_id)
    stage(connection, event, caller.user_id, origin)
    return stepped
