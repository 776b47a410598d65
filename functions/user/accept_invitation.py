"""Makes the invited person's account, with a password that only this person knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.user import attempts, passwords
from functions.user.invite_admin import OPERATOR
from functions.user.kyc.other_name import verify_anew
from functions.user.password.set_password import forgive_guesses
from functions.user.profile import user_body
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
from functions.user.tell_rights import tell_rights
from paycore import session
from paycore.database import transaction
from paycore.errors import InvalidCode
from paycore.events.authentication import Failure
from paycore.events.user import UserUpdated, UserVerified
from paycore.origin import Origin


def accept_invitation(wanted: AcceptInvitation, origin: Origin) -> dict[str, Any]:
    """The account with the roles of the invitation; raises InvalidCode.

    Where the address has an account already, it gains the roles, the name and the new password, its sessions end, and
    guesses at the old one lock it no more: so an operator can also let somebody in again who lost the password. One
    that is disabled stays so, and the code stays good: an admin enables it first, for a reason that is on record.
    """
    tries, proof = attempts.codes_from(origin.address), proof_at(wanted.email, "invitation_code")
    admit_try([tries], proof, origin)
    password_hash = passwords.kept_form(wanted.password)
    with transaction() as connection:
        accepted = _open_account(connection, wanted, password_hash, origin)
        if accepted:
            attempts.give_back(connection, tries)
        else:
            known = users.credentials(connection, wanted.email)
            reason: Failure = "disabled" if known is not None and not known.is_active else "wrong"
            stage_failure(connection, proof, reason, origin)
    if accepted is None:
        raise InvalidCode  # after the commit: the try counts
    person = accepted.person
    session.revoke(accepted.ended_session_ids, person.id)
    tell_rights(person, (), accepted.key_digests)
    return user_body(person)


@dataclass(frozen=True, slots=True)
class _Accepted:
    person: Person
    ended_session_ids: Sequence[str]
    key_digests: Sequence[str]


def _open_account(
    connection: Connection, wanted: AcceptInvitation, password_hash: str, origin: Origin
) -> _Accepted | None:
    registration = redeem_registration(connection, wanted.email, wanted.code, "invitation", origin.address)
    if registration is None:
        return None
    invited = users.create_from_invitation(connection, registration, wanted.email, wanted.full_name, password_hash)
    if invited is None:
        return None
    person, before = invited.person, invited.before
    ended = sessions.end_all(connection, person.id, "password")
    mfa_challenges.forget(connection, person.id)
    one_time_codes.forget_all(connection, person.id)
    known_devices.forget(connection, person.id)
    forgive_guesses(connection, person.id, wanted.email)
    registrations.settle(connection, registration.id, wanted.email, "invitation")
    verified = UserVerified(user_id=person.id, registration_id=registration.id)
    is_renamed = before is not None and before.full_name != person.full_name
    # the grant of a role is a change that somebody must answer for
    granted = UserUpdated(
        user_id=person.id,
        fields=["full_name", "password", "roles"] if is_renamed else ["password", "roles"],
        actor_id=OPERATOR,
        reason="invitation",
        version=person.version,
        live_api_keys=api_keys.count_live(connection, person.id),
        live_schedules=schedules.count_live(connection, person.id),
        roles=list(person.roles),
    )
    for event in (verified, granted):
        stage(connection, event, person.id, origin)
    if before is not None:
        person = verify_anew(connection, before, person, OPERATOR, origin)
    return _Accepted(person, ended, api_keys.digests(connection, person.id))
