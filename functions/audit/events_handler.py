"""The audit log as a Kafka consumer."""

from functions.audit.record import record
from paycore.consumer import kafka_handler
from paycore.events.envelope import DEAD_LETTERS_AUDIT

handler = kafka_handler(record, DEAD_LETTERS_AUDIT)
