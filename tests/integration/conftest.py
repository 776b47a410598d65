"""Fixtures of the integration tests."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pymongo
import pytest
from aws_lambda_powertools import Metrics
from kafka.admin import KafkaAdminClient, NewTopic

from functions.transaction.tending import tend_ledger
from functions.transaction.verification import verify_ledger
from local.configuration import HOST, Configuration
from local.http_client import Client
from local.story import Person
from paycore import cache_entries
from tests.integration.converting import load
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, Prompted
from tests.integration.ledger_desk import DATABASE, TEMPLATE, LedgerDesk, copied_database
from tests.integration.merchants import PAYING, Merchant
from tests.integration.money import fund, open_wallet, rich_person
from tests.integration.money_routes import ROUTES, Ask, Counter
from tests.integration.outbox_desk import BATCH_BYTES_MAX, OutboxDesk, as_function, own_database
from tests.integration.paying import Backstage
from tests.integration.people import Town
from tests.integration.registrar import Registrar


@pytest.fixture(scope="session")
def town(platform: Configuration) -> Iterator[Town]:
    """Makes people of the running system."""
    with closing(Registrar(platform)) as registrar:
        yield Town(platform, registrar)


@pytest.fixture(scope="session")
def admin(town: Town, platform: Configuration) -> Iterator[Person]:
    """One admin for all tests, who shows the second factor whenever it is asked for."""
    person = town.admin()
    with closing(Desk(platform)) as own:
        person.client = Prompted(person, own)
        yield person


@pytest.fixture(scope="module")
def guard(town: Town, desk: Desk) -> Guard:
    """An admin who shows the second factor anew before each request."""
    person = town.admin()
    return Guard(person, Phone(person.totp_seed), desk)


@pytest.fixture
def payer(town: Town) -> Person:
    """Somebody with an empty EUR wallet."""
    return town.person("EUR")


@pytest.fixture
def payee(town: Town) -> Person:
    """Somebody else with an empty EUR wallet."""
    return town.person("EUR")


@pytest.fixture
def traveller(payer: Person, admin: Person) -> tuple[Person, str]:
    """Somebody with 1,000.00 EUR and an empty USD wallet, after the rate of 1.0845 was loaded."""
    fund(admin, payer.wallet_id, 100_000)
    assert load(admin, "1.0845").status == 201
    return payer, open_wallet(payer, "USD")


@pytest.fixture(scope="module")
def rich(town: Town, admin: Person) -> Person:
    """Somebody with 1,000,000 in a EUR wallet."""
    return rich_person(town, admin)


@pytest.fixture(scope="module")
def other(town: Town) -> Person:
    """The other side."""
    return town.person("EUR")


@pytest.fixture(scope="module")
def good(rich: Person, other: Person, admin: Person, backstage: Backstage) -> dict[str, Ask]:
    """A good request to each route; bad ones are made of it, so it is never used up, nor over."""
    counter = Counter(rich, other, admin)
    made = {route: counter.good(route) for route in ROUTES}
    backstage.sql("UPDATE ledger.quote SET expires_at = expires_at + interval '1 hour' WHERE transaction_id IS NULL")
    return made


@pytest.fixture(scope="session")
def backstage(platform: Configuration) -> Backstage:
    """The running system as its operator reaches it."""
    return Backstage(platform)


@pytest.fixture(scope="session")
def outbox_database(platform: Configuration) -> Iterator[Configuration]:
    """The running system, and beside its own database one for the tests of the relay."""
    with own_database(platform):
        yield platform


@pytest.fixture
def outbox_desk(outbox_database: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutboxDesk]:
    """An empty outbox and an empty topic of one partition; this process is the relay's function."""
    platform = outbox_database
    made = OutboxDesk(platform, f"relay-{uuid.uuid4().hex}")
    made.sql("DELETE FROM outbox.event")
    made.sql("DELETE FROM outbox.lease")
    made.sql("DELETE FROM outbox.stuck_key")
    topic = NewTopic(made.topic, 1, 1, topic_configs={"max.message.bytes": str(BATCH_BYTES_MAX)})
    with KafkaAdminClient(bootstrap_servers=f"{HOST}:{platform.ports.kafka}") as admin:
        admin.create_topics([topic])
        with as_function(platform, monkeypatch, "app_job"):
            yield made
        admin.delete_topics([made.topic])


@pytest.fixture(scope="session")
def ledger_template(platform: Configuration) -> Iterator[Configuration]:
    """The running system, and beside its own database an empty one for each test of the ledger to copy."""
    with own_database(platform, TEMPLATE):
        yield platform


@pytest.fixture(scope="module")
def desk(platform: Configuration) -> Iterator[Desk]:
    """What stands behind the API."""
    with closing(Desk(platform)) as made:
        yield made


@pytest.fixture
def ledger_desk(ledger_template: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[LedgerDesk]:
    """A ledger with a story behind it; this process is the job's function."""
    monkeypatch.setattr(cache_entries, "outdate", lambda *_: None)  # no Redis here
    for module in (verify_ledger, tend_ledger):
        monkeypatch.setattr(module, "metrics", Metrics(namespace="test", service="test"))
    made = LedgerDesk(ledger_template)
    with copied_database(ledger_template), as_function(ledger_template, monkeypatch, "app_job", DATABASE):
        made.tell_story()
        yield made


@pytest.fixture(scope="module")
def merchant(town: Town, admin: Person, guard: Guard, desk: Desk) -> Merchant:
    """A merchant with an EUR wallet and money."""
    person = town.person("EUR")
    fund(admin, person.wallet_id, 100_000)
    return Merchant(person, guard, desk)


@pytest.fixture
def shop(merchant: Merchant) -> Client:
    """Who pays with the merchant's key."""
    return merchant.holder(merchant.key(PAYING))


@pytest.fixture
def records(platform: Configuration) -> Iterator[Any]:
    """The audit log."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(HOST, platform.ports.documents) as client:
        yield client["paycore"]["transaction_logs"]
