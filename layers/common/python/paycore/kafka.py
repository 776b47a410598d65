"""Kafka: one producer per environment, with an acknowledgement for every message or the news that there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError
from kafka.net.sasl.oauth import AbstractTokenProvider

from paycore import settings
from paycore.errors import Unavailable
from paycore.observability import logger
from paycore.settings import KafkaSettings

# A frozen environment stops the sender's thread, so nothing may wait longer than one invocation can.
_REQUEST_TIMEOUT_MS = 3_000
_DELIVERY_TIMEOUT_MS = 5_000
_ACKNOWLEDGEMENT_S = 6.0  # just above the delivery time-out: the producer speaks first


@dataclass(frozen=True, slots=True)
class Message:
    """One message; the order of messages with the same topic and key is kept."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = field(default=())


class _Producers:
    """Holds the producer of this environment; any trouble drops it, since its state is then unknown."""

    def __init__(self) -> None:
        self._producer: KafkaProducer | None = None

    def get(self) -> KafkaProducer:
        if self._producer is None:
            self._producer = _connect()
        return self._producer

    def drop(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None


_producers = _Producers()


def publish(messages: Sequence[Message]) -> list[bool]:
    """Sends all, waits for all, and tells for each whether Kafka has acknowledged it (acks=all).

    Raises Unavailable when there is no broker to talk to.
    """
    try:
        producer = _producers.get()
        sent = [_send(producer, message) for message in messages]
    except (KafkaError, OSError) as trouble:
        _producers.drop()
        raise Unavailable from trouble
    acknowledged = [_is_acknowledged(each) for each in sent]
    if not all(acknowledged):
        _producers.drop()
    return acknowledged


def _send(producer: KafkaProducer, message: Message) -> Any:
    """The acknowledgement to come; None for a message that is too large to leave, which is its own fault alone."""
    try:
        return producer.send(message.topic, message.value, message.key.encode(), headers=list(message.headers))
    except MessageSizeTooLargeError:
        return None


def _is_acknowledged(sent: Any) -> bool:
    if sent is None:
        logger.warning("kafka's client takes no message of this size")
        return False
    try:
        sent.get(timeout=_ACKNOWLEDGEMENT_S)
    except (KafkaError, OSError) as trouble:
        logger.warning("kafka did not acknowledge", extra={"trouble": type(trouble).__name__})
        return False
    return True


def _connect() -> KafkaProducer:
    own = settings.read(KafkaSettings)
    security = {"security_protocol": "PLAINTEXT"} if own.kafka_authentication == "none" else _iam()
    return KafkaProducer(
        bootstrap_servers=own.kafka_bootstrap_servers.split(","),
        acks="all",
        # With idempotence one message that the broker refuses fails every other of the producer. Without it a message
        # may arrive twice, which our consumers expect anyway; the order of a key is the relay's, who waits for each.
        enable_idempotence=False,
        linger_ms=1,
        request_timeout_ms=_REQUEST_TIMEOUT_MS,
        delivery_timeout_ms=_DELIVERY_TIMEOUT_MS,
        max_block_ms=_REQUEST_TIMEOUT_MS,
        bootstrap_timeout_ms=_REQUEST_TIMEOUT_MS,
        allow_auto_create_topics=False,
        **security,
    )


def _iam() -> dict[str, object]:
    """IAM for MSK: SASL/OAUTHBEARER with a token that is signed locally (AWS: MSK IAM SASL signer)."""
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": _IamToken(),
    }


class _IamToken(AbstractTokenProvider):  # type: ignore[misc]  # kafka-python has no types
    def token(self) -> str:
        # Botocore is heavy, and locally nobody needs it.
        import os

        from aws_msk_iam_sasl_signer import MSKAuthTokenProvider

        token: str = MSKAuthTokenProvider.generate_auth_token(os.environ["AWS_REGION"])[0]
        return token
