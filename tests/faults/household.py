"""What people do while a server is away, and what must be there once it is back."""

import secrets
from dataclasses import dataclass

import pymongo
from kafka import KafkaConsumer, TopicPartition
from pymongo.collection import Collection

from local.configuration import HOST, Configuration
from local.event_source import mappings_of
from local.http_client import Answer
from local.story import Person
from local.template import load_template
from tests.faults.outage import until
from tests.integration.paying import posted

FUNDS = 100_000
ANSWER_MS_MAX = 10_000  # the functions give up within three seconds; a busy machine may take longer to say so


@dataclass
class Household:
    """A payer with funds, a payee, an admin."""

    platform: Configuration
    payer: Person
    payee: Person
    admin: Person

    def transfer(self, amount: int, key: str | None = None) -> Answer:
        """From the payer to the payee."""
        body = {
            "source_wallet_id": self.payer.wallet_id,
            "target_wallet_id": self.payee.wallet_id,
            "amount": amount,
            "currency": "EUR",
        }
        key = key or secrets.token_hex(8)
        return self.payer.client.request("POST", "/v1/transactions/transfer", body, key=key)

    def transferred(self, amount: int, key: str | None = None) -> str:
        """The id of a transfer that succeeded."""
        answer = self.transfer(amount, key)
        assert answer.status == 201, answer.raw
        return str(answer.body["id"])

    def balances(self) -> tuple[int, int]:
        """What the payer and the payee have, read from the ledger."""
        return posted(self.payer), posted(self.payee)

    def sign_in(self, person: Person) -> Answer:
        body = {"email": person.email, "password": person.password}
        return person.client.request("POST", "/v1/auth/login", body)

    def expect_told(self, transaction_id: str) -> None:
        """Sooner or later both inboxes have a notice of the transfer, and the audit store one record of each event."""
        for person in (self.payer, self.payee):
            until(lambda person=person: bool(self._channels(person, transaction_id)), "a notice")  # type: ignore[misc]
            channels = self._channels(person, transaction_id)
            assert len(channels) == len(set(channels)), "one notice on each channel"
        wanted = ["transaction.completed", "transaction.created"]
        until(lambda: self._recorded(transaction_id) == wanted, "a record of each event")

    def expect_all_consumed(self) -> None:
        """Every consumer has committed what stands in its topics now."""
        for mapping in mappings_of(load_template(self.platform)):
            servers = f"{HOST}:{self.platform.ports.kafka}"
            with KafkaConsumer(bootstrap_servers=servers, group_id=mapping.group, enable_auto_commit=False) as reader:
                numbers = reader.partitions_for_topic(mapping.topic) or ()
                ends = reader.end_offsets([TopicPartition(mapping.topic, number) for number in numbers])
                for partition, end in ends.items():
                    until(lambda p=partition, e=end: (reader.committed(p) or 0) >= e, mapping.group)  # type: ignore[misc]

    def dead_letters(self) -> int:
        """How many records the consumers have given up: the end of every dead-letter topic."""
        with KafkaConsumer(bootstrap_servers=f"{HOST}:{self.platform.ports.kafka}") as consumer:
            topics = [topic for topic in consumer.topics() if "dead" in topic]
            assert topics
            partitions = [TopicPartition(t, p) for t in topics for p in consumer.partitions_for_topic(t) or ()]
            return sum(consumer.end_offsets(partitions).values())

    def _channels(self, person: Person, transaction_id: str) -> list[str]:
        """On which channels the person was told: one item for each notice."""
        inbox = person.client.request("GET", "/v1/notifications?limit=100")
        assert inbox.status == 200, inbox.raw
        event_id = f"evt_{transaction_id.removeprefix('tx_')}1"  # of transaction.completed
        return [notice["channel"] for notice in inbox.body["data"] if notice["event_id"] == event_id]

    def _recorded(self, transaction_id: str) -> list[str]:
        client: pymongo.MongoClient[dict[str, object]]
        with pymongo.MongoClient(HOST, self.platform.ports.documents) as client:
            logs: Collection[dict[str, object]] = client["paycore"]["transaction_logs"]
            return sorted(str(record["action"]) for record in logs.find({"resource": transaction_id}))


def expect_unavailable(answer: Answer) -> None:
    """503 with the code, Retry-After and the shape of every refusal, long before the gateway gives up."""
    assert answer.status == 503, answer.raw
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.body["code"] in ("unavailable", "busy")
    assert answer.body["retryable"] is True
    assert answer.milliseconds < ANSWER_MS_MAX
