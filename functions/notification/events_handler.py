"""Notification as a Kafka consumer of all events."""

from functions.notification.notify import notify
from paycore.consumer import kafka_handler
from paycore.events.envelope import DEAD_LETTERS_NOTIFICATION

handler = kafka_handler(notify, DEAD_LETTERS_NOTIFICATION)
