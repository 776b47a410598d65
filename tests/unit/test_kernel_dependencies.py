"""A dependency in trouble is Unavailable, whichever way it says so: never a bug, and never the fault of a record."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WriteConcernError,
    WTimeoutError,
)

from paycore import aws, consumer, documents
from paycore.errors import Unavailable
from paycore.events.event import Event

RECORD = {
    "id": "evt_1", "type": "wallet.created", "version": 1, "time": "2026-01-01T00:00:00.000000Z", "subject": "wal_1",
    "data": {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}, "trace": "req-1",
}  # fmt: skip
BATCH = {"records": {"wallet-events-0": [{"value": base64.b64encode(json.dumps(RECORD).encode()).decode()}]}}


@pytest.fixture
def secrets_manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Secrets Manager, which answers what a test prepares."""
    client = boto3.client("secretsmanager", "eu-central-1", aws_access_key_id="-", aws_secret_access_key="-")
    monkeypatch.setattr(aws, "client", lambda _: client)
    with Stubber(client) as stub:
        yield stub


@pytest.fixture(autouse=True)
def _no_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    def publish(_: object) -> list[bool]:
        raise AssertionError("set aside as if the record were at fault")

    monkeypatch.setattr(consumer, "publish", publish)


class TestSecret:
    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("ThrottlingException", 400),
            ("InternalServiceError", 500),
            ("DecryptionFailure", 400),  # the key is disabled, or KMS in trouble
            ("KMSInvalidStateException", 400),
            ("AccessDeniedException", 400),
            ("ResourceNotFoundException", 400),
        ],
    )
    def test_that_is_refused_is_unavailable(self, secrets_manager: Stubber, code: str, status: int) -> None:
        for _ in range(consumer.TRIES_MAX):
            secrets_manager.add_client_error("get_secret_value", code, http_status_code=status)

        def consume(_: Event) -> None:
            aws.fresh_secret("paycore/dev/documents")

        with pytest.raises(Unavailable):
            consumer.kafka_handler(consume, "audit-dead-letters")(BATCH, None)

    def test_that_does_not_come_is_unavailable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Silent:
            def get_secret_value(self, **_: Any) -> Any:
                raise ConnectTimeoutError(endpoint_url="https://secretsmanager")

        monkeypatch.setattr(aws, "client", lambda _: Silent())
        with pytest.raises(Unavailable):
            aws.fresh_secret("paycore/dev/documents")


class TestDocuments:
    @pytest.mark.parametrize(
        "trouble",
        [
            ServerSelectionTimeoutError("no server"),
            AutoReconnect("connection closed"),
            ExecutionTimeout("MaxTimeMSExpired", 50),
            WTimeoutError("waiting for replication timed out", 64),
            WriteConcernError("not enough data-bearing nodes", 100),
            OperationFailure("command insert requires authentication", 13),
            OperationFailure("Authentication failed.", 18),
            OperationFailure("not primary", 10107),
            OperationFailure("stepped down", 189),
            OperationFailure("shutting down", 91),
            OperationFailure("try again", 251, {"errorLabels": ["RetryableWriteError"]}),
        ],
        ids=lambda trouble: f"{type(trouble).__name__}-{getattr(trouble, 'code', None)}",
    )
    def test_in_trouble_are_unavailable(self, trouble: PyMongoError) -> None:
        def consume(_: Event) -> None:
            with documents.reachable():
                raise trouble

        with pytest.raises(Unavailable):
            consumer.kafka_handler(consume, "audit-dead-letters")(BATCH, None)

    @pytest.mark.parametrize(
        "bug", [DuplicateKeyError("E11000", 11000), OperationFailure("unknown operator: $sett", 9)], ids=str
    )
    def test_that_we_misuse_are_a_bug(self, bug: PyMongoError) -> None:
        with pytest.raises(type(bug)), documents.reachable():
            raise bug

    def test_are_signed_in_to_anew_after_the_password_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        passwords = iter(["old", "new"])
        monkeypatch.setattr(aws, "fresh_secret", lambda _: {"password": next(passwords)})
        aws.secret.cache_clear()
        assert aws.secret("documents")["password"] == aws.secret("documents")["password"] == "old"
        with pytest.raises(Unavailable), documents.reachable():
            raise OperationFailure("Authentication failed.", 18)
        assert aws.secret("documents")["password"] == "new"
        aws.secret.cache_clear()
