"""The transaction service as a Kafka consumer: who proves an address or opens a wallet may have money waiting, and what
an API key has scheduled ends with the key.
"""

from functions.transaction.claims.claim import claim
from functions.transaction.schedules.end_with_key import end_with_key
from paycore.consumer import kafka_handler
from paycore.events.envelope import DEAD_LETTERS_TRANSACTION
from paycore.events.event import Event


def follow(event: Event) -> None:
    """Does what the event makes possible or due; what does not concern a part of it, that leaves alone."""
    claim(event)
    end_with_key(event)


handler = kafka_handler(follow, DEAD_LETTERS_TRANSACTION)
