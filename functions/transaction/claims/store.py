"""Money that waits for the owner of an address, in PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_NOTE = text(
    "INSERT INTO transfer.unclaimed (transaction_id, sender_id, currency, address_hmac) "
    "VALUES (:transaction_id, :sender_id, :currency, :address_hmac)"
)
_SENT_BEFORE = text(
    "SELECT 1 FROM transfer.unclaimed WHERE sender_id = :sender_id "
    "   AND address_hmac = ANY(CAST(:address_hmacs AS text[])) LIMIT 1"
)
# The row stays locked to the end: requests at the same moment are counted one after the other.
_COUNT = text(
    "INSERT INTO transfer.new_address AS a (sender_id, day, addresses) "
    "VALUES (:sender_id, (clock_timestamp() AT TIME ZONE 'UTC')::date, 1) "
    "ON CONFLICT (sender_id, day) DO UPDATE SET addresses = a.addresses + 1 "
    "RETURNING addresses, "
    "ceil(extract(epoch FROM (day + 1)::timestamp AT TIME ZONE 'UTC' - clock_timestamp()))::integer AS day_left_s"
)
_WAITING = text(
    "SELECT u.transaction_id, u.currency FROM transfer.unclaimed u "
    "  JOIN ledger.hold h ON h.transaction_id = u.transaction_id "
    " WHERE u.claimed_at IS NULL AND u.address_hmac = ANY(CAST(:address_hmacs AS text[])) AND h.state = 'open' "
    " ORDER BY u.transaction_id"
)
_CLAIMED = text("UPDATE transfer.unclaimed SET claimed_at = clock_timestamp() WHERE transaction_id = :transaction_id")


def note(connection: Connection, values: dict[str, Any]) -> None:
    """Whom a hold waits for."""
    connection.execute(_NOTE, values)


def sent_before(connection: Connection, sender_id: str, address_hmacs: list[str]) -> bool:
    """Whether this person has sent money to this address while nobody owned it."""
    values = {"sender_id": sender_id, "address_hmacs": address_hmacs}
    return connection.execute(_SENT_BEFORE, values).one_or_none() is not None


def count_new_address(connection: Connection, sender_id: str) -> Row[Any]:
    """How many new addresses it is today (`addresses`), and how long today lasts (`day_left_s`)."""
    return connection.execute(_COUNT, {"sender_id": sender_id}).one()


def waiting(connection: Connection, address_hmacs: list[str]) -> Sequence[Row[Any]]:
    """The open holds for an address, oldest first."""
    return connection.execute(_WAITING, {"address_hmacs": address_hmacs}).all()


def claimed(connection: Connection, transaction_id: str) -> None:
    """The hold has found its recipient."""
    connection.execute(_CLAIMED, {"transaction_id": transaction_id})
