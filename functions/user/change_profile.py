"""Changes what a person may change of the own profile."""

from typing import Any

from functions.user.kyc.other_name import verify_anew
from functions.user.lock_caller import lock_caller
from functions.user.profile import renew, user_body
from functions.user.schemas import ChangeProfile
from functions.user.stage import stage
from functions.user.store import Connection, api_keys, one_time_codes, sessions, users
from functions.user.store.people import Person, differences
from functions.user.tell_rights import tell_rights
from paycore.cache_entries import Lookup
from paycore.caller import Caller
from paycore.database import transaction
from paycore.events.user import UserUpdated
from paycore.origin import Origin


def change_profile(caller: Caller, wanted: ChangeProfile, seen: Lookup, origin: Origin) -> dict[str, Any]:
    """The profile as it is now; what is the same already makes no new version and no event.

    With another name the identity is not verified any more, and its limits hold from the next request on.
    """
    with transaction() as connection:
        before = lock_caller(connection, caller)
        changes = differences(before, wanted.model_dump(exclude_unset=True))
        person = _change(connection, before, changes, origin) if changes else before
        has_other_rights = person.kyc_status != before.kyc_status
        live = sessions.live(connection, person.id) if has_other_rights else ()
        keys = api_keys.digests(connection, person.id) if has_other_rights else ()
    if has_other_rights:
        tell_rights(person, live, keys)
    body = user_body(person)
    renew(body, seen)
    return body


def _change(connection: Connection, before: Person, changes: dict[str, Any], origin: Origin) -> Person:
    if "phone" in changes:
        one_time_codes.forget(connection, before.id, "phone")  # it went to the number that was
    person = users.change(connection, before, changes)
    event = UserUpdated(
        user_id=before.id, fields=sorted(changes), actor_id=before.id, reason=None, version=person.version
    )
    stage(connection, event, before.id, origin)
    return verify_anew(connection, before, person, before.id, origin)
