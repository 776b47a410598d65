"""Money that waits for the owner of an address, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

_NOTE = text(
    "INSERT INTO transfer.unclaimed (transaction_id, sender_id, currency, address_hmac) "
    "VALUES (:transaction_id, :sender_id, :currency, :address_hmac)"
)
_SENT_BEFORE = text(
    "SELECT 1 FROM transfer.unclaimed WHERE sender_id = :sender_id "
    "   AND address_hmac = ANY(CAST(:address_hmacs AS text[])) LIMIT 1"
)
# The row is locked before anybody looks: two looks at one moment would both find the last one left.
_TAKE_TODAY = text(
    """
    WITH earlier AS (
        DELETE FROM transfer.new_address
         WHERE sender_id = :sender_id AND day < (clock_timestamp() AT TIME ZONE 'UTC')::date)
    INSERT INTO transfer.new_address AS a (sender_id, day, addresses)
    VALUES (:sender_id, (clock_timestamp() AT TIME ZONE 'UTC')::date, 0)
    ON CONFLICT (sender_id, day) DO UPDATE SET addresses = a.addresses
    RETURNING a.day, a.addresses, a.address_hmacs,
              ceil(extract(epoch FROM (a.day + 1)::timestamp AT TIME ZONE 'UTC' - clock_timestamp()))::integer
                  AS day_left_s
    """
)
_COUNT = text(
    "UPDATE transfer.new_address AS a SET addresses = a.addresses + 1, "
    "       address_hmacs = a.address_hmacs || CAST(:address_hmac AS text) "
    " WHERE a.sender_id = :sender_id AND a.day = :day"
)
_WAITING = text(
    "SELECT u.transaction_id, u.currency, u.address_hmac FROM directory.email_hmacs_of(:user_id) AS own (hmac) "
    "  JOIN transfer.unclaimed u ON u.address_hmac = own.hmac "
    "  JOIN ledger.hold h ON h.transaction_id = u.transaction_id "
    " WHERE u.claimed_at IS NULL AND h.state = 'open' ORDER BY u.transaction_id"
)
_CLAIMED = text("DELETE FROM transfer.unclaimed WHERE transaction_id = :transaction_id")


def note(connection: Connection, values: dict[str, Any]) -> None:
    """Whom a hold waits for."""
    connection.execute(_NOTE, values)


def sent_before(connection: Connection, sender_id: str, address_hmacs: list[str]) -> bool:
    """Whether this person has lately sent money to this address that nobody has claimed."""
    values = {"sender_id": sender_id, "address_hmacs": address_hmacs}
    return connection.execute(_SENT_BEFORE, values).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class UnknownToday:
    """How many unknown addresses somebody looked for on this day, which (as HMACs), and how long it lasts."""

    day: date
    addresses: int
    address_hmacs: frozenset[str]
    day_left_s: int


def take_today(connection: Connection, sender_id: str) -> UnknownToday:
    """What this person looked for in vain since midnight, UTC; until the commit nobody else looks for them."""
    row = connection.execute(_TAKE_TODAY, {"sender_id": sender_id}).one()
    return UnknownToday(row.day, row.addresses, frozenset(row.address_hmacs), row.day_left_s)


def count_unknown(connection: Connection, sender_id: str, today: UnknownToday, address_hmac: str) -> UnknownToday:
    """With one more."""
    connection.execute(_COUNT, {"sender_id": sender_id, "day": today.day, "address_hmac": address_hmac})
    return replace(today, addresses=today.addresses + 1, address_hmacs=today.address_hmacs | {address_hmac})


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open hold, and the address that it waits for as its row names it."""

    transaction_id: str
    currency: str
    address_hmac: str


def waiting_for(connection: Connection, user_id: str) -> Sequence[Waiting]:
    """The open holds for a person's address, oldest first."""
    return [Waiting(*row) for row in connection.execute(_WAITING, {"user_id": user_id})]


def claimed(connection: Connection, transaction_id: str) -> None:
    """The hold has found its recipient: what names the address does not stay beside who has it."""
    connection.execute(_CLAIMED, {"transaction_id": transaction_id})
