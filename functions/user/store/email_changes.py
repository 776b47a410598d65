"""Changes of people's addresses. What is over is kept for a while: its notices may still be on their way."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from functions.user.store import Record, email_index, users
from functions.user.store.people import Person
from paycore.personal_data import PersonalKey

_KEPT_DAYS = 7

_FORGET = text(
    "DELETE FROM identity.email_change WHERE user_id = :user_id "
    "AND (completed_at IS NULL OR completed_at < clock_timestamp() - make_interval(days => :kept_days))"
)
_INSERT = text(
    """
    INSERT INTO identity.email_change (id, notice_id, user_id, sealed_old_email, sealed_new_email, code_hmac,
                                       expires_at)
    VALUES (:id, :notice_id, :user_id, :sealed_old_email, :sealed_new_email, :code_hmac,
            clock_timestamp() + make_interval(mins => :life_minutes))
    RETURNING expires_at
    """
)
_LOCK_OPEN = text(
    """
    SELECT id, notice_id, sealed_new_email, code_hmac FROM identity.email_change
     WHERE user_id = :user_id AND completed_at IS NULL AND expires_at > clock_timestamp()
       FOR UPDATE
    """
)
_COMPLETE = text("UPDATE identity.email_change SET completed_at = clock_timestamp() WHERE id = :id")
# The fields that the addresses are sealed for; directory.address_of names them, too.
OLD, NEW = "old_email", "new_email"


@dataclass(frozen=True, slots=True)
class EmailChange:
    """A wish for another address; the code went to it."""

    id: str
    notice_id: str
    user_id: str
    old_email: str
    new_email: str
    code_hmac: str
    life_minutes: int


def insert(connection: Connection, change: EmailChange, key: PersonalKey) -> datetime:
    """Writes it, sealed with the person's key, in place of the open one; answers when its code expires."""
    connection.execute(_FORGET, {"user_id": change.user_id, "kept_days": _KEPT_DAYS})
    facts = asdict(change)
    for field in (OLD, NEW):
        facts[f"sealed_{field}"] = key.seal(field, facts.pop(field))
    expires_at: datetime = connection.execute(_INSERT, facts).scalar_one()
    return expires_at


def lock_open(connection: Connection, user_id: str) -> Record | None:
    """The person's change whose code may still be tried, locked."""
    return connection.execute(_LOCK_OPEN, {"user_id": user_id}).one_or_none()


def complete(connection: Connection, change: Record, person: Person) -> Person | None:
    """The person with the new address; None where somebody else has it meanwhile."""
    email = person.key.open(NEW, change.sealed_new_email)
    if not email_index.move(connection, person.id, email):
        return None
    connection.execute(_COMPLETE, {"id": change.id})
    return users.change(connection, person, {"email": email})
