"""The Kafka poller against the real broker and a real function: at least once, in order, nothing skipped."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop
from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from local.configuration import HOST, Configuration
from local.event_source import Mapping
from local.gateway.runtime import Runtime
from local.poller import Poller
from tests.integration.local_platform.caller import wait_until
from tests.local_system import function, small_configuration, small_repository, small_template

SINK = """
import base64, os

def handler(event, context):
    folder = os.environ["FOLDER"]
    if os.path.exists(f"{folder}/broken"):
        open(f"{folder}/failed", "a").close()
        raise RuntimeError("as asked")
    with open(f"{folder}/seen", "a") as file:
        for records in event["records"].values():
            for record in records:
                file.write(base64.b64decode(record["value"]).decode() + "\\n")
"""


class Source:
    """A topic of one partition, the function that its records go to, and what this function has seen."""

    def __init__(self, folder: Path, kafka_port: int) -> None:
        self.folder = folder
        configuration = small_configuration(folder)
        self.configuration = replace(configuration, ports=replace(configuration.ports, kafka=kafka_port))
        small_repository(self.configuration, {"sink/events_handler.py": SINK})
        variables = {"Variables": {"FOLDER": str(folder)}}
        sink = function("sink", "sink.events_handler.handler", Timeout=5, Environment=variables)
        self.runtime = Runtime(self.configuration, small_template({"sink": sink}), str)
        self.topic = f"poller-{uuid.uuid4().hex}"
        self.servers = f"{HOST}:{kafka_port}"

    def send(self, *values: str) -> None:
        with KafkaProducer(bootstrap_servers=self.servers) as producer:
            for value in values:
                producer.send(self.topic, value.encode()).get(timeout=10)

    def seen(self) -> list[str]:
        file = self.folder / "seen"
        return file.read_text().split() if file.exists() else []

    @contextmanager
    def polled(self) -> Iterator[Poller]:
        mapping = Mapping(self.topic, f"group-{self.topic}", "sink", 2, 0.1, "TRIM_HORIZON")
        stopped = threading.Event()
        poller = Poller(mapping, self.configuration, stopped)
        poller.start()
        try:
            yield poller
        finally:
            stopped.set()
            poller.join(timeout=10)


@contextmanager
def served(runtime: Runtime, is_ready: Callable[[], bool]) -> Iterator[None]:
    stopped = asyncio.Event()
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(runtime.serve(stopped)))
    thread.start()
    wait_until(is_ready)
    yield
    loop.call_soon_threadsafe(stopped.set)
    thread.join(timeout=10)
    loop.close()


@pytest.fixture
def source(platform: Configuration, tmp_path: Path) -> Iterator[Source]:
    source = Source(tmp_path, platform.ports.kafka)
    with KafkaAdminClient(bootstrap_servers=source.servers) as admin:
        admin.create_topics([NewTopic(source.topic, 1, 1)])
        with served(source.runtime, source.configuration.ready_file("gateway").exists):
            yield source
        admin.delete_topics([source.topic])


class TestPoller:
    def test_delivers_in_order_also_what_was_there_before(self, source: Source) -> None:
        values = [f"v{number}" for number in range(5)]
        source.send(*values)
        with source.polled():
            wait_until(lambda: source.seen() == values)

    def test_delivers_a_failed_batch_again_while_the_partition_waits(self, source: Source) -> None:
        (source.folder / "broken").touch()
        with source.polled():
            source.send("first", "second", "third")
            wait_until((source.folder / "failed").exists)
            assert source.seen() == []
            (source.folder / "broken").unlink()
            wait_until(lambda: source.seen() == ["first", "second", "third"])

    def test_goes_on_where_it_has_committed(self, source: Source) -> None:
        with source.polled():
            source.send("once")
            wait_until(lambda: source.seen() == ["once"])
        with source.polled() as poller:
            wait_until(poller.assigned.is_set)
            source.send("next")
            wait_until(lambda: source.seen() == ["once", "next"])

    def test_what_failed_when_it_stopped_comes_to_the_next(self, source: Source) -> None:
        (source.folder / "broken").touch()
        with source.polled():
            source.send("kept")
            wait_until((source.folder / "failed").exists)
        (source.folder / "broken").unlink()
        with source.polled():
            wait_until(lambda: source.seen() == ["kept"])
