"""Lets an admin say whether somebody's identity is verified; its limits hold from the next request on."""

from typing import Any

from functions.user.kyc.change_status import change_status, kyc_body
from functions.user.kyc.schemas import DecideKyc
from functions.user.lock_caller import lock_with_caller
from functions.user.store import api_keys, sessions
from functions.user.tell_rights import tell_rights
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import AccountClosed, Forbidden, UserNotFound
from paycore.origin import Origin


def decide_kyc(caller: Caller, user_id: str, wanted: DecideKyc, origin: Origin) -> dict[str, Any]:
    """The status as it is now.

    Raises UserNotFound, AccountClosed, Forbidden for oneself, and InvalidState where nothing waits for a decision, also
    for the same one again: its reason would be nowhere.
    """
    if not ids.is_id("usr", user_id):
        raise UserNotFound
    if user_id == caller.user_id:
        raise Forbidden
    with transaction() as connection:
        person = lock_with_caller(connection, caller, user_id)
        if person is None:
            raise UserNotFound
        if person.status == "closed":
            raise AccountClosed
        person = change_status(connection, person, wanted.status, caller.user_id, wanted.reason, origin)
        live = sessions.live(connection, user_id)
        keys = api_keys.digests(connection, user_id)
    tell_rights(person, live, keys)
    return kyc_body(person)
