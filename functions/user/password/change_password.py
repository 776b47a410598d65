"""Exchanges a known password for a new one: a new session begins, all older ones end."""

from typing import Any

from functions.user import passwords
from functions.user.begin_session import PASSWORD_ONLY, begin_session
from functions.user.fields import refuse_password
from functions.user.lock_caller import lock_caller
from functions.user.password.own_credentials import credentials_to_prove, require_password
from functions.user.password.set_password import set_password
from functions.user.profile import outdate
from functions.user.schemas import ChangePassword
from functions.user.session_body import session_body
from functions.user.signing_key import signing_key
from functions.user.store import sessions, users
from paycore import session
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import InvalidCredentials
from paycore.origin import Origin


def change_password(caller: Caller, wanted: ChangePassword, origin: Origin) -> dict[str, Any]:
    """The new session's tokens; a second factor that was shown in the old one does not count in it.

    Raises StepUpRequired of somebody with a second factor, InvalidCredentials for a wrong current password,
    RateLimited after too many, InvalidRequest for a new one that is not acceptable.
    """
    signing_key()  # without it there is no session: better to know before one is written
    known = credentials_to_prove(caller, origin, factor=True)
    require_password(caller, known, wanted.current_password, origin)
    refuse_password(wanted.new_password, known.email, "/new_password")
    password_hash = passwords.kept_form(wanted.new_password)
    with transaction() as connection:
        person = lock_caller(connection, caller)
        old = sessions.find(connection, caller.session_id)
        if users.lock_signing_in(connection, caller.user_id, known.password_hash) is None or old is None:
            raise InvalidCredentials  # the password changed in between
        new = set_password(
            connection, person.id, person.email, password_hash, "changed", origin, known_device=old.device_digest
        )
        begun = begin_session(
            connection, caller.user_id, device=old.device, device_digest=old.device_digest, amr=PASSWORD_ONLY
        )
    session.revoke(new.ended_session_ids, caller.user_id)
    outdate({"id": caller.user_id, "version": new.version})
    session.overwrite(
        [begun.session.id], caller.user_id, person.roles, person.version, kyc_verified=person.kyc_verified
    )
    return session_body(begun.session, begun.refresh)
