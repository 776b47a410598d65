"""`python -m local.poller`: Lambda's Kafka event sources - each mapping of the template polls, invokes and commits.

At least once: offsets are committed after the function has succeeded, and a batch that failed comes again.
"""

import logging
import signal
import threading
import time

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from local.configuration import HOST, Configuration, load
from local.event_source import Mapping, Record, batches, kafka_event, mappings_of, offsets_after
from local.invoke_client import CallFailed, InvokeClient
from local.template import load_template

POLL_SECONDS = 1.0  # also how soon a poller notices that it shall stop
RETRY_SECONDS_MAX = 30.0
SESSION_MS = 10_000  # a member that Kafka's absence cut off holds the next one up for at most this long
NEVER_MS = 24 * 60 * 60 * 1000
OFFSET_RESET = {"TRIM_HORIZON": "earliest", "LATEST": "latest"}

log = logging.getLogger("poller")


class Poller(threading.Thread):
    """Consumes one mapping's topic in its group, for as long as the process lives."""

    def __init__(self, mapping: Mapping, configuration: Configuration, stopped: threading.Event) -> None:
        super().__init__(name=mapping.group, daemon=True)
        self._mapping, self._stopped = mapping, stopped
        self._bootstrap_servers = f"{HOST}:{configuration.ports.kafka}"
        self._client = InvokeClient(configuration)
        self.assigned = threading.Event()

    def run(self) -> None:
        """Begins anew after every trouble with Kafka: what was not committed comes again."""
        while not self._stopped.is_set():
            try:
                consumer = self._connect()
                try:
                    self._consume(consumer)
                finally:
                    consumer.close(autocommit=False, timeout_ms=2000)
            except KafkaError as error:
                log.warning("%s waits for Kafka: %r", self._mapping.group, error)
                self._stopped.wait(POLL_SECONDS)
        self._client.close()

    def _connect(self) -> KafkaConsumer:
        return KafkaConsumer(
            self._mapping.topic,
            bootstrap_servers=self._bootstrap_servers,
            group_id=self._mapping.group,
            auto_offset_reset=OFFSET_RESET[self._mapping.starting_position],
            enable_auto_commit=False,
            allow_auto_create_topics=False,
            max_poll_interval_ms=NEVER_MS,  # a function may fail for hours while its partition waits
            session_timeout_ms=SESSION_MS,
            bootstrap_timeout_ms=5000,
            reconnect_backoff_max_ms=1000,
        )

    def _consume(self, consumer: KafkaConsumer) -> None:
        while not self._stopped.is_set():
            records = self._collect(consumer)
            for batch in batches(records):
                if not self._deliver(batch):
                    return
                consumer.commit(offsets_after(batch), timeout_ms=5000)

    def _collect(self, consumer: KafkaConsumer) -> list[Record]:
        """Waits for a record, then up to the window for more, up to the size of a batch."""
        records: list[Record] = []
        wait = POLL_SECONDS
        ends_at = float("inf")
        while len(records) < self._mapping.batch_size and wait > 0:
            room = self._mapping.batch_size - len(records)
            for found in consumer.poll(timeout_ms=int(wait * 1000), max_records=room).values():
                records += found
            if consumer.assignment():
                self.assigned.set()
            if not records:
                break
            ends_at = min(ends_at, time.monotonic() + self._mapping.window_seconds)
            wait = ends_at - time.monotonic()
        return records

    def _deliver(self, batch: list[Record]) -> bool:
        """Invokes until the function succeeds; False if it is time to stop before that."""
        event = kafka_event(batch, self._bootstrap_servers)
        wait = 1.0
        while not self._stopped.is_set():
            try:
                self._client.call(self._mapping.function, event)
            except CallFailed as error:
                log.warning("%s: %d records again in %.0f s: %s", self._mapping.group, len(batch), wait, error)
                self._stopped.wait(wait)
                wait = min(2 * wait, RETRY_SECONDS_MAX)
            else:
                return True
        return False


def main() -> None:
    """Polls until it is told to stop; says that it is ready once every mapping has its partitions."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("kafka").setLevel(logging.ERROR)  # it reports each attempt to reconnect
    configuration = load()
    ready = configuration.ready_file("poller")
    ready.unlink(missing_ok=True)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    pollers = [Poller(mapping, configuration, stopped) for mapping in mappings_of(load_template(configuration))]
    for poller in pollers:
        poller.start()
    while not stopped.wait(0.1):
        if not ready.exists() and all(poller.assigned.is_set() for poller in pollers):
            ready.touch()
    ready.unlink(missing_ok=True)
    for poller in pollers:
        poller.join(timeout=5)


if __name__ == "__main__":
    main()
