"""Shows an admin who somebody is, and keeps on record that it was shown."""

from typing import Any

from functions.user.read_profile import read_profile
from functions.user.stage import stage
from paycore.cache_entries import Lookup
from paycore.caller import Caller
from paycore.database import transaction
from paycore.events.user import UserViewed
from paycore.origin import Origin


def view_user(caller: Caller, user_id: str, cached: Lookup, origin: Origin) -> dict[str, Any]:
    """The account; raises UserNotFound. Nothing is shown that could not be put on record first."""
    body = read_profile(user_id, cached)
    if user_id != caller.user_id:
        with transaction() as connection:
            event = UserViewed(user_id=user_id, actor_id=caller.user_id)
            stage(connection, event, user_id, origin)
    return body
