"""The envelope of all events (after CloudEvents 1.0) and the base of their data classes. Ids only, no personal data."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

TOPIC_USER = "user-events"
TOPIC_WALLET = "wallet-events"
TOPIC_TRANSACTION = "transaction-events"
TOPIC_PAYMENT = "payment-events"
TOPICS = (TOPIC_USER, TOPIC_WALLET, TOPIC_TRANSACTION, TOPIC_PAYMENT)

DEAD_LETTERS_NOTIFICATION = "notification-dead-letters"
DEAD_LETTERS_AUDIT = "audit-dead-letters"
DEAD_LETTERS_TRANSACTION = "transaction-dead-letters"
DEAD_LETTERS_WALLET = "wallet-dead-letters"
DEAD_LETTER_TOPICS = (
    DEAD_LETTERS_NOTIFICATION,
    DEAD_LETTERS_AUDIT,
    DEAD_LETTERS_TRANSACTION,
    DEAD_LETTERS_WALLET,
)


@dataclass(frozen=True)
class EventData:
    """The data of one event type. `TYPE` is its public name, `TOPIC` where it is published."""

    TYPE: ClassVar[str]
    TOPIC: ClassVar[str]
    VERSION: ClassVar[int] = 1

    def data(self) -> dict[str, Any]:
        """The JSON form of the fields."""
        return asdict(self)


def envelope(
    *,
    event_id: str,
    event_type: str,
    version: int,
    time: str,
    subject: str,
    request_id: str,
    network: str | None,
    data: dict[str, Any],
) -> dict[str, Any]:
    """One event as it stands in Kafka. `subject` is the id of the object it is about; `trace` the request behind it.

    `network` is where that came from, if somebody is to be held to account for it: /24 of IPv4, /48 of IPv6 (CIDR).
    """
    return {
        "id": event_id,
        "type": event_type,
        "version": version,
        "time": time,
        "subject": subject,
        "data": data,
        "trace": request_id,
        "network": network,
    }
