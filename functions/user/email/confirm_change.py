"""Changes the address with the code that the new one got; the old one is told."""

from typing import Any

from functions.user import attempts
from functions.user.lock_caller import lock_caller, see_caller
from functions.user.profile import outdate, user_body
from functions.user.proof import Proof, admit_try, stage_failure
from functions.user.redeem_code import redeem_email_change
from functions.user.stage import stage
from functions.user.store import Connection, Record, email_changes, one_time_codes
from functions.user.store.people import Person
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import InvalidCode, SecondFactorRequired
from paycore.events.user import UserEmailChanged, UserUpdated
from paycore.origin import Origin


def confirm_change(caller: Caller, code: str, origin: Origin) -> dict[str, Any]:
    """The account with its new address.

    Raises InvalidCode for a wrong, stale or used one, RateLimited after too many, and SecondFactorRequired of an admin
    whose session has shown none: who has the password alone must not have the mail that enrolling one takes.
    """
    tries, proof = attempts.own_codes_of(caller.user_id), Proof(caller.user_id, "email_code", caller)
    with transaction() as connection:  # before the try: where even the right one is refused there is nothing to guess
        _require_factor(see_caller(connection, caller), caller)
    admit_try([tries], proof, origin)
    with transaction() as connection:  # of its own: the try counts whatever comes of it
        change = redeem_email_change(connection, caller.user_id, code, origin.address)
        if change is None:
            stage_failure(connection, proof, "wrong", origin)
    if change is None:
        raise InvalidCode
    with transaction() as connection:
        person = _change(connection, caller, change, origin)
        if person is None:
            stage_failure(connection, proof, "wrong", origin)
        else:
            attempts.give_back(connection, tries)
    if person is None:
        raise InvalidCode
    body = user_body(person)
    outdate(body)
    return body


def _require_factor(person: Person, caller: Caller) -> None:
    if "admin" in person.roles and not caller.second_factor:
        raise SecondFactorRequired


def _change(connection: Connection, caller: Caller, change: Record, origin: Origin) -> Person | None:
    """None where the change is over meanwhile, or somebody else has the address; raises SecondFactorRequired."""
    user_id = caller.user_id
    person = lock_caller(connection, caller)
    _require_factor(person, caller)
    still = email_changes.lock_open(connection, user_id)
    changed_person = (
        email_changes.complete(connection, change, person) if still is not None and still.id == change.id else None
    )
    if changed_person is None:
        return None
    one_time_codes.forget_all(connection, user_id)  # they went to the old address
    version = changed_person.version
    updated = UserUpdated(user_id=user_id, fields=["email"], actor_id=user_id, reason=None, version=version)
    changed = UserEmailChanged(user_id=user_id, notice_id=change.notice_id, version=version)
    for event in (updated, changed):
        stage(connection, event, user_id, origin)
    return changed_person
