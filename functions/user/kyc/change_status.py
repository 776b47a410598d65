"""The one way in which a person's kyc_status changes: along these edges, with its event, under the person's lock."""

from typing import Any, Literal

from functions.user.stage import stage
from functions.user.store import Connection, users
from functions.user.store.people import Person
from paycore.errors import InvalidState
from paycore.events.account import UserKycChanged
from paycore.origin import Origin

NextStatus = Literal["pending", "verified", "rejected", "none"]

_POSSIBLE_FROM: dict[NextStatus, tuple[str, ...]] = {
    "pending": ("none", "rejected"),
    "verified": ("pending",),
    "rejected": ("pending", "verified"),
    "none": ("pending", "verified"),
}


def change_status(
    connection: Connection, person: Person, status: NextStatus, actor_id: str, reason: str | None, origin: Origin
) -> Person:
    """The person (who is locked) with the next status; raises InvalidState where no edge leads to it."""
    if person.kyc_status not in _POSSIBLE_FROM[status]:
        raise InvalidState(state=person.kyc_status)
    changed = users.change(connection, person, {"kyc_status": status})
    event = UserKycChanged(user_id=person.id, status=status, actor_id=actor_id, reason=reason, version=changed.version)
    stage(connection, event, person.id, origin)
    return changed


def kyc_body(person: Person) -> dict[str, Any]:
    """What is shown of it: who changes it sees nothing personal."""
    return {"object": "kyc", "user_id": person.id, "status": person.kyc_status, "version": person.version}
