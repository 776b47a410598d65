"""Turns a registration into an account: the code from the mail proves the address."""

from typing import Any

from functions.user import attempts
from functions.user.profile import user_body
from functions.user.proof import admit_try, proof_at, stage_failure
from functions.user.redeem_code import redeem_registration
from functions.user.stage import stage
from functions.user.store import Connection, registrations, users
from functions.user.store.people import Person
from paycore.database import transaction
from paycore.errors import InvalidCode
from paycore.events.user import UserVerified
from paycore.origin import Origin


def verify_email(email: str, code: str, origin: Origin) -> dict[str, Any]:
    """The new account, with the password of the registration that the code belongs to.

    Raises InvalidCode for a wrong, stale or used code, one tried too often, and an address that another
    registration verified first: nobody learns which.
    """
    tries, proof = attempts.codes_from(origin.address), proof_at(email, "registration_code")
    admit_try([tries], proof, origin)
    with transaction() as connection:
        person = _open_account(connection, email, code, origin)
        if person:
            attempts.give_back(connection, tries)
        else:
            stage_failure(connection, proof, "wrong", origin)
    if person is None:
        raise InvalidCode  # after the commit: the try counts
    return user_body(person)


def _open_account(connection: Connection, email: str, code: str, origin: Origin) -> Person | None:
    registration = redeem_registration(connection, email, code, "self", origin.address)
    if registration is None:
        return None
    person = users.create_from_registration(connection, registration, email)
    if person is None:
        return None
    registrations.settle(connection, registration.id, email, "self")
    stage(connection, UserVerified(user_id=person.id, registration_id=registration.id), person.id, origin)
    return person
