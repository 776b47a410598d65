"""Sets a new password with the code from the mail; all sessions end, and the device it was set on is known."""

from dataclasses import dataclass

from functions.user import attempts, devices, passwords
from functions.user.password.set_password import NewPassword, set_password
from functions.user.profile import outdate
from functions.user.proof import admit_try, proof_at, stage_failure
from functions.user.redeem_code import redeem_code
from functions.user.schemas import ResetPassword
from functions.user.store import Connection, users
from paycore import session
from paycore.database import transaction
from paycore.errors import InvalidCode
from paycore.events.authentication import Failure
from paycore.origin import Origin


def reset_password(wanted: ResetPassword, origin: Origin) -> str:
    """The account has the new password. Answers the token of this device, from which guesses from elsewhere do not keep
    its owner out.

    Raises InvalidCode for a wrong, stale or used code, one tried too often, and an address without an account: nobody
    learns which.
    """
    tries, proof = attempts.codes_from(origin.address), proof_at(wanted.email, "password_code")
    admit_try([tries], proof, origin)
    password_hash = passwords.kept_form(wanted.new_password)  # the slow part, whatever comes of it
    with transaction() as connection:
        known = users.credentials(connection, wanted.email)
        user_id = str(known.user_id) if known is not None and known.is_active else None
        done = _reset(connection, user_id, wanted, password_hash, origin) if user_id else None
        if done is not None:
            attempts.give_back(connection, tries)
        else:
            reason: Failure = "disabled" if known is not None and not known.is_active else "wrong"
            stage_failure(connection, proof, reason, origin)
    if user_id is None or done is None:
        raise InvalidCode  # after the commit: the try counts
    session.revoke(done.new.ended_session_ids, user_id)
    outdate({"id": user_id, "version": done.new.version})
    return done.device_token


@dataclass(frozen=True, slots=True)
class _Reset:
    new: NewPassword
    device_token: str


def _reset(
    connection: Connection, user_id: str, wanted: ResetPassword, password_hash: str, origin: Origin
) -> _Reset | None:
    """What came of it; None where the code is not the person's."""
    if redeem_code(connection, user_id, wanted.code, "password", origin.address) is None:
        return None
    new = set_password(connection, user_id, wanted.email, password_hash, "forgotten", origin)
    return _Reset(new, devices.recognise(connection, user_id, None).token)
