"""Lets an admin change somebody else's roles or disable and enable the account; effective with the next request."""

from typing import Any

from functions.user.last_admin import refuse_last_admin
from functions.user.lock_caller import lock_with_caller
from functions.user.profile import user_body
from functions.user.schemas import ChangeUser
from functions.user.stage import stage
from functions.user.store import Connection, api_keys, known_devices, schedules, sessions, users
from functions.user.store.people import Person, differences
from functions.user.tell_rights import tell_rights
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import AccountClosed, Forbidden, UserNotFound
from paycore.events.user import UserUpdated, UserViewed
from paycore.origin import Origin


def change_user(caller: Caller, user_id: str, wanted: ChangeUser, origin: Origin) -> dict[str, Any]:
    """The account as it is now.

    Raises UserNotFound, AccountClosed, Forbidden for oneself, and LastAdmin where nobody but the person is left, so
    that an admin always remains.
    """
    try:
        ids.check("usr", user_id)
    except ids.MalformedId as trouble:
        raise UserNotFound from trouble
    if user_id == caller.user_id:
        raise Forbidden
    caller.require("pii:read")  # the answer shows who it is
    asked = _asked(wanted)
    with transaction() as connection:
        if "admin" not in asked.get("roles", ["admin"]) or asked.get("status") == "disabled":
            refuse_last_admin(connection, user_id, caller.user_id)
        person = lock_with_caller(connection, caller, user_id)
        if person is None:
            raise UserNotFound
        if person.status == "closed":
            raise AccountClosed
        changes = differences(person, asked)
        if changes:
            before, person = person, users.change(connection, person, changes)
            event: UserUpdated | UserViewed = _updated(connection, caller, before, person, changes, wanted.reason)
        else:
            # the answer shows who it is, which nobody sees unrecorded
            event = UserViewed(user_id=user_id, actor_id=caller.user_id)
        stage(connection, event, user_id, origin)
        touched = _touched_sessions(connection, person)
        keys = api_keys.digests(connection, user_id)
    tell_rights(person, touched, keys)
    return user_body(person)


def _asked(wanted: ChangeUser) -> dict[str, Any]:
    asked = wanted.model_dump(include={"roles", "status"}, exclude_unset=True)
    if "roles" in asked:
        asked["roles"] = sorted({"user", *asked["roles"]})  # nobody is less than a user
    return asked


def _updated(
    connection: Connection, caller: Caller, before: Person, person: Person, changes: dict[str, Any], reason: str
) -> UserUpdated:
    """What had stopped with the account or the role and works again is counted: its owner may never have made it."""
    is_enabled = changes.get("status") == "active"
    is_merchant_anew = "merchant" in person.roles and "merchant" not in before.roles
    return UserUpdated(
        user_id=person.id,
        fields=sorted(changes),
        actor_id=caller.user_id,
        reason=reason,
        version=person.version,
        live_api_keys=api_keys.count_live(connection, person.id) if is_enabled or is_merchant_anew else None,
        live_schedules=schedules.count_live(connection, person.id) if is_enabled else None,
        roles=changes.get("roles"),
        status=changes.get("status"),
    )


def _touched_sessions(connection: Connection, person: Person) -> list[str]:
    """The sessions whose state must be told to all functions; those of a disabled person end."""
    if person.status == "disabled":
        ended = sessions.end_all(connection, person.id, "disabled")
        known_devices.forget(connection, person.id)
        return list(ended)
    return list(sessions.live(connection, person.id))
