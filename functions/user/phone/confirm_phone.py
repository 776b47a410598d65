"""Verifies the phone of the caller's profile with the code that was sent to it."""

from typing import Any

from functions.user import attempts
from functions.user.lock_caller import lock_caller
from functions.user.profile import outdate, user_body
from functions.user.proof import Proof, admit_try, stage_failure
from functions.user.redeem_code import redeem_code
from functions.user.stage import stage
from functions.user.store import Connection, one_time_codes, users
from functions.user.store.people import Person
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import InvalidCode
from paycore.events.phone import UserPhoneVerified
from paycore.origin import Origin


def confirm_phone(caller: Caller, code: str, origin: Origin) -> dict[str, Any]:
    """The account with its phone verified; nothing else may be done with that than before.

    Raises InvalidCode for a wrong, stale or used one, one tried too often, and one that was sent to another number;
    RateLimited after too many.
    """
    tries, proof = attempts.own_codes_of(caller.user_id), Proof(caller.user_id, "phone_code", caller)
    admit_try([tries], proof, origin)
    with transaction() as connection:
        person = lock_caller(connection, caller)
        verified = _verify(connection, person, code, origin)
        if verified:
            attempts.give_back(connection, tries)
        else:
            stage_failure(connection, proof, "wrong", origin)
    if verified is None:
        raise InvalidCode  # after the commit: the try counts
    body = user_body(verified)
    outdate(body)
    return body


def _verify(connection: Connection, person: Person, code: str, origin: Origin) -> Person | None:
    """The person, who is locked, with the phone verified; None where the code is none of the present number."""
    if redeem_code(connection, person.id, code, "phone", origin.address, phone=person.phone) is None:
        return None
    one_time_codes.forget(connection, person.id, "phone")
    verified = users.change(connection, person, {"phone_verified": True})
    stage(connection, UserPhoneVerified(user_id=person.id, version=verified.version), person.id, origin)
    return verified
