"""Makes the invited person's account, with a password that only this person knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.user import attempts, passwords
from functions.user.invite_admin import OPERATOR
from functions.user.profile import outdate, user_body
from functions.user.proof import admit_try, proof_at, stage_failure
from functions.user.redeem_code import redeem_registration
from functions.user.schemas import AcceptInvitation
from functions.user.stage import stage
from functions.user.store import (
    Connection,
    api_keys,
    known_devices,
    mfa_challenges,
    one_time_codes,
    registrations,
    schedules,
    sessions,
    users,
)
from functions.user.store.people import Person
from paycore import session
from paycore.database import transaction
from paycore.errors import InvalidCode
from paycore.events.user import UserUpdated, UserVerified
from paycore.origin import Origin


def accept_invitation(wanted: AcceptInvitation, origin: Origin) -> dict[str, Any]:
    """The account with the roles of the invitation; raises InvalidCode.

    Where the address has an account already, it gains the roles and the new password, and its sessions end: so an
    operator can also let somebody in again who lost the password.
    """
    tries, proof = attempts.codes_from(origin.address), proof_at(wanted.email, "invitation_code")
    admit_try([tries], proof, origin)
    password_hash = passwords.kept_form(wanted.password)
    with transaction() as connection:
        accepted = _open_account(connection, wanted, password_hash, origin)
        if accepted:
            attempts.give_back(connection, tries)
        else:
            stage_failure(connection, proof, "wrong", origin)
    if accepted is None:
        raise InvalidCode  # after the commit: the try counts
    person = accepted.person
    session.revoke(accepted.ended_session_ids, person.id)
    body = user_body(person)
    outdate(body)
    return body


@dataclass(frozen=True, slots=True)
class _Accepted:
    person: Person
    ended_session_ids: Sequence[str]


def _open_account(
    connection: Connection, wanted: AcceptInvitation, password_hash: str, origin: Origin
) -> _Accepted | None:
    registration = redeem_registration(connection, wanted.email, wanted.code, "invitation", origin.address)
    if registration is None:
        return None
    person = users.create_from_invitation(connection, registration, wanted.email, wanted.full_name, password_hash)
    if person is None:
        return None
    ended = sessions.end_all(connection, person.id, "password")
    mfa_challenges.forget(connection, person.id)
    one_time_codes.forget_all(connection, person.id)
    known_devices.forget(connection, person.id)
    registrations.settle(connection, registration.id, wanted.email, "invitation")
    verified = UserVerified(user_id=person.id, registration_id=registration.id)
    # the grant of a role is a change that somebody must answer for
    granted = UserUpdated(
        user_id=person.id,
        fields=["password", "roles"],
        actor_id=OPERATOR,
        reason="invitation",
        version=person.version,
        live_api_keys=api_keys.count_live(connection, person.id),
        live_schedules=schedules.count_live(connection, person.id),
        roles=list(person.roles),
    )
    for event in (verified, granted):
        stage(connection, event, person.id, origin)
    return _Accepted(person, ended)
