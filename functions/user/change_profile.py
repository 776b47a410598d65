"""Changes what a person may change of the own profile."""

from typing import Any

from functions.user.profile import renew, user_body
from functions.user.schemas import ChangeProfile
from functions.user.stage import stage
from functions.user.store import one_time_codes, users
from functions.user.store.people import differences
from paycore.cache_entries import Lookup
from paycore.database import transaction
from paycore.errors import UserNotFound
from paycore.events.user import UserUpdated
from paycore.origin import Origin


def change_profile(user_id: str, wanted: ChangeProfile, seen: Lookup, origin: Origin) -> dict[str, Any]:
    """The profile as it is now; what is the same already makes no new version and no event."""
    with transaction() as connection:
        person = users.lock(connection, user_id)
        if person is None:
            raise UserNotFound
        changes = differences(person, wanted.model_dump(exclude_unset=True))
        if "phone" in changes:
            one_time_codes.forget(connection, user_id, "phone")  # it went to the number that was
        if changes:
            person = users.change(connection, person, changes)
            event = UserUpdated(
                user_id=user_id, fields=sorted(changes), actor_id=user_id, reason=None, version=person.version
            )
            stage(connection, event, user_id, origin)
    body = user_body(person)
    renew(body, seen)
    return body
