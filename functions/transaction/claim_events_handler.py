"""The transaction service as a Kafka consumer: who proves an address or opens a wallet may have money waiting."""

from functions.transaction.claims.claim import claim
from paycore.consumer import kafka_handler
from paycore.events.envelope import DEAD_LETTERS_TRANSACTION

handler = kafka_handler(claim, DEAD_LETTERS_TRANSACTION)
