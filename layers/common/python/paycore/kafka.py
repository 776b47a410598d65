"""Kafka: one producer per environment, with an acknowledgement for every message or the news that there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError, MessageSizeTooLargeError
from kafka.net.sasl.oauth import AbstractTokenProvider

from paycore import settings
from paycore.errors import Unavailable
from paycore.observability import logger
from paycore.settings import KafkaSettings

# A frozen environment stops the sender's thread, so nothing may wait longer than one invocation can.
_REQUEST_TIMEOUT_MS = 3_000
_DELIVERY_TIMEOUT_MS = 5_000
_ACKNOWLEDGEMENT_S = 6.0  # just above the delivery time-out: the producer speaks first
# Longer than one call hands over its messages: until then nothing leaves, then everything does.
_LINGER_MS = 1_000
# What one call may carry for its messages to leave in one record batch for each partition. Brokers take a batch of
# 1 MiB (message.max.bytes) and a message less; the producer opens a second batch only above twice this.
TOGETHER_BYTES = 400_000
_BATCH_BYTES = 2 * TOGETHER_BYTES


@dataclass(frozen=True, slots=True)
class Message:
    """One message; those with the same topic and key go to the same partition."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = field(default=())

    @property
    def size(self) -> int:
        """Bytes of its content; Kafka adds less than 100 and a few for each header."""
        return len(self.key) + len(self.value) + sum(len(name) + len(value) for name, value in self.headers)


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

    Messages of up to TOGETHER_BYTES in sum arrive, for each partition, in their order and all or none: Kafka writes a
    record batch as a whole. Of a larger sum one that is not acknowledged may be passed by a later one of its key.
    Raises Unavailable when there is no broker to talk to.
    """
    try:
        producer = _producers.get()
        sent = _send(producer, messages)
        _flush(producer)
    except (KafkaError, OSError) as trouble:
        _producers.drop()
        raise Unavailable from trouble
    acknowledged = [_is_acknowledged(each) for each in sent]
    if not all(acknowledged):
        _producers.drop()
    return acknowledged


def _send(producer: KafkaProducer, messages: Sequence[Message]) -> list[Any]:
    """The acknowledgements to come. None for a message that is too large to leave, and for those of its key behind it:
    that is its own fault alone, the other keys go on."""
    sent: list[Any] = []
    stuck: set[tuple[str, str]] = set()
    for message in messages:
        coming = None
        if (message.topic, message.key) not in stuck:
            try:
                headers = list(message.headers)
                coming = producer.send(message.topic, message.value, message.key.encode(), headers=headers)
            except MessageSizeTooLargeError:
                logger.warning("kafka's client takes no message of this size")
                stuck.add((message.topic, message.key))
        sent.append(coming)
    return sent


def _flush(producer: KafkaProducer) -> None:
    """Lets everything leave and waits for the news of it; what has none in time counts as not acknowledged."""
    try:
        producer.flush(timeout=_ACKNOWLEDGEMENT_S)
    except KafkaTimeoutError:
        logger.warning("kafka is silent")


def _is_acknowledged(sent: Any) -> bool:
    if sent is None:
        return False
    if sent.failed():
        logger.warning("kafka did not acknowledge", extra={"trouble": type(sent.exception).__name__})
    return bool(sent.succeeded())


def _connect() -> KafkaProducer:
    own = settings.read(KafkaSettings)
    security = {"security_protocol": "PLAINTEXT"} if own.kafka_authentication == "none" else _iam()
    return KafkaProducer(
        bootstrap_servers=own.kafka_bootstrap_servers.split(","),
        acks="all",
        # With idempotence one message that the broker refuses fails every other of the producer. Without it a message
        # may arrive twice, which our consumers expect anyway; the order of a key comes from publish(): one call, one
        # batch, and the next call only after its acknowledgement.
        enable_idempotence=False,
        max_in_flight_requests_per_connection=1,
        batch_size=_BATCH_BYTES,
        linger_ms=_LINGER_MS,
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
