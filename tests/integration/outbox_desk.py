"""An outbox of its own, in a database and a topic that no running relay knows, for tests of the relay's every step."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pg8000.native
import pytest
from kafka import KafkaConsumer, TopicPartition

from cdk.specs import DATABASE_TIMEOUT_MS
from functions.migrate.migrate import migrate
from functions.outbox import store
from functions.outbox.aside import SetAside
from functions.outbox.relay import publish_in_order
from local.configuration import HOST, Configuration
from local.secrets import database_logins, superuser_password
from local.services.postgres import OWNER, connect
from paycore import aws, database, kafka, settings
from paycore.settings import DatabaseSettings, KafkaSettings
from tests.branches import collect

SUPERUSER = "postgres"
DATABASE = "relay_test"
FIRST_POSITION = 1_767_225_600_000_000  # 2026 begins: the outbox has a partition from then on
BATCH_BYTES_MAX = 500_000  # of the tests' topic: a message above it is refused by the broker, alone as it leaves
DATA = {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}  # of wallet.created
LARGE = json.dumps({**DATA, "wallet_id": "x" * BATCH_BYTES_MAX})


def publish_batch(holder: str, aside: SetAside | None = None) -> int:
    """One turn of the relay's loop."""
    aside = aside or SetAside()
    return publish_in_order(store.claim(holder, aside.keys()), aside)


@dataclass
class OutboxDesk:
    """Stages events and looks at what became of them."""

    platform: Configuration
    topic: str

    @contextmanager
    def session(self) -> Iterator[pg8000.native.Connection]:
        """A connection as the owner of the tables; what it leaves open is rolled back."""
        password = database_logins(self.platform)[OWNER]
        connection = connect(self.platform, self.platform.ports.postgres, OWNER, password, DATABASE)
        try:
            yield connection
        finally:
            connection.close()

    def sql(self, statement: str, **values: object) -> list[list[Any]]:
        with self.session() as connection:
            return list(connection.run(statement, **values) or [])

    def stage(self, position: int, key: str, session: pg8000.native.Connection | None = None, **changes: Any) -> str:
        """An event at a position of a key; returns its id."""
        row = {
            "id": FIRST_POSITION + position,
            "event_id": f"evt_{self.topic[-8:]}{position:06}",
            "topic": self.topic,
            "partition_key": key,
            "type": "wallet.created",
            "subject": "wal_1",
            "request_id": "test",
            "data": json.dumps(DATA),
        } | changes
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        statement = f"INSERT INTO outbox.event ({names}) VALUES ({values})"  # noqa: S608  # our own names
        if session is not None:
            session.run(statement, **row)
        else:
            self.sql(statement, **row)
        return str(row["event_id"])

    def stage_many(self, count: int, key: str) -> list[str]:
        """That many events of a key in one transaction; returns their ids."""
        with self.session() as session:
            session.run("BEGIN")
            staged = [self.stage(position, key, session) for position in range(count)]
            session.run("COMMIT")
        return staged

    def unmarked(self) -> list[str]:
        rows = self.sql("SELECT event_id FROM outbox.event WHERE published_at IS NULL ORDER BY id")
        return [str(row[0]) for row in rows]

    def lease(self) -> tuple[str, int]:
        """Holder and fence."""
        ((holder, fence),) = self.sql("SELECT holder, fence FROM outbox.lease")
        return str(holder), int(fence)

    def end_lease(self) -> None:
        """As if its holder had said nothing for as long as it lasts."""
        self.sql("UPDATE outbox.lease SET expires_at = clock_timestamp() - interval '1 ms'")

    def published(self) -> list[tuple[str, str]]:
        """Key and event id of every message of the topic, in Kafka's order."""
        with KafkaConsumer(bootstrap_servers=f"{HOST}:{self.platform.ports.kafka}") as consumer:
            partition = TopicPartition(self.topic, 0)
            consumer.assign([partition])
            consumer.seek_to_beginning(partition)
            end = consumer.end_offsets([partition])[partition]
            found: list[tuple[str, str]] = []
            while consumer.position(partition) < end:
                messages = consumer.poll(timeout_ms=1000).get(partition, ())
                found.extend((message.key.decode(), json.loads(message.value)["id"]) for message in messages)
            return found


@contextmanager
def own_database(platform: Configuration, name: str = DATABASE, revision: str = "heads") -> Iterator[None]:
    """A fresh database with our schema, as it is or as it was at a revision."""
    superuser = pg8000.native.Connection(
        SUPERUSER,
        host=HOST,
        port=platform.ports.postgres,
        password=superuser_password(platform),
        ssl_context=ssl.create_default_context(cafile=str(platform.ca_file)),
    )
    superuser.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    superuser.run(f"CREATE DATABASE {name} OWNER {OWNER}")
    try:
        with pytest.MonkeyPatch.context() as monkeypatch, as_function(platform, monkeypatch, OWNER, name):
            migrate(revision)
        yield
        collect(platform, name)
    finally:
        superuser.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        superuser.close()


@contextmanager
def as_function(
    platform: Configuration, monkeypatch: pytest.MonkeyPatch, user: str, database_name: str = DATABASE
) -> Iterator[None]:
    """This process reaches PostgreSQL and Kafka as a function does that signs in as `user`."""
    known: dict[type, object] = {
        DatabaseSettings: DatabaseSettings(
            database_host=HOST,
            database_port=platform.ports.postgres,
            database_name=database_name,
            database_user=user,
            database_timeout_ms=DATABASE_TIMEOUT_MS[user],
            database_authentication="password",
            database_ca_file=str(platform.ca_file),
        ),
        KafkaSettings: KafkaSettings(f"{HOST}:{platform.ports.kafka}", "none"),
    }
    password = database_logins(platform)[user]
    read: Callable[[type], object] = known.__getitem__
    monkeypatch.setattr(settings, "read", read)
    monkeypatch.setattr(aws, "secret", lambda _: {"password": password})
    monkeypatch.setattr(kafka, "_producers", kafka._Producers())
    if database.engine.cache_info().currsize:  # of who was a function before
        database.engine().dispose()
    database.engine.cache_clear()
    try:
        yield
    finally:
        kafka._producers.drop()
        database.engine().dispose()
        database.engine.cache_clear()
