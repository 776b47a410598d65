"""Requests made of the OpenAPI document, good and bad ones, meet no 500 and no answer that it does not describe.

`make fuzz` is the same for longer and with every boundary value. What is asked for is made here and may be lost.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import pytest

from local.configuration import HOST, Configuration
from local.story import Person
from paycore.permissions import Scope
from tests.fuzz.asker import Asker
from tests.integration.belongings import Belongings
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone
from tests.integration.merchants import Merchant
from tests.integration.money import post, rich_person
from tests.integration.patience import until
from tests.integration.paying import card
from tests.integration.people import Town
from tests.integration.registrar import Registrar

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "functions/edge/openapi.json"
SECONDS = int(os.environ.get("FUZZ_SECONDS") or "60")
PHASES = os.environ.get("FUZZ_PHASES") or "fuzzing"  # the others take longer than a minute
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(2**32))
PATIENCE_S = 300  # for the start and for the request that is under way at the end
THINGS = "{wallet_id}{rule_id}{transaction_id}{payment_id}{refund_id}{schedule_id}{method_id}{session_id}"
CURRENCIES = ["EUR", "EUR", "USD"]


@pytest.fixture(scope="module")
def town(platform: Configuration) -> Iterator[Town]:
    """Makes people of the running system."""
    with closing(Registrar(platform)) as registrar:
        yield Town(platform, registrar)


@pytest.fixture(scope="module")
def askers(platform: Configuration, town: Town) -> dict[str, Asker]:
    """Everybody who asks: with one of each thing, some money, and somebody whom an admin may change."""
    admin = town.admin()  # who has just shown the second factor
    banker = rich_person(town, admin)
    # a processor that has just begun may answer too late to save a card
    until(lambda: post(banker, "/v1/payment-methods", card()), lambda answer: answer.status == 201)
    user, merchant = town.person("EUR"), town.person("EUR")
    change = {"roles": ["merchant"], "reason": "fuzz"}
    assert admin.client.request("PATCH", f"/v1/users/{_user_id(merchant)}", change).status == 200
    admin.wallet_id = str(post(admin, "/v1/wallets", {"currency": "EUR"}).body["id"])
    named = {"user": user, "merchant": merchant, "admin": admin}
    port = platform.ports.gateway
    askers = {who: _asker(port, each, banker, town) for who, each in named.items()}
    return {"no token": Asker(port), "key": _holder(platform, admin, banker, town)} | askers


def _holder(platform: Configuration, admin: Person, banker: Person, town: Town) -> Asker:
    """Who has the key of another merchant, for all that keys are for."""
    person = town.person("EUR")
    things = _asker(platform.ports.gateway, person, banker, town).things  # a second factor comes later
    with closing(Desk(platform)) as desk:
        guard = Guard(admin, Phone(admin.totp_seed), desk)
        secret = Merchant(person, guard, desk).key(get_args(Scope)).body["secret"]
    return Asker(platform.ports.gateway, token=str(secret), things=things)


def _asker(port: int, person: Person, banker: Person, town: Town) -> Asker:
    things = {name: [each] for name, each in Belongings(person, banker).ids(THINGS).items()}
    things["wallet_id"] += [person.wallet_id, banker.wallet_id]
    other = town.person("EUR")
    things |= {"user_id": [_user_id(other)], "email": [other.email], "currency": CURRENCIES}
    return Asker(port, person.email, person.password, str(person.client.token), person.totp_seed, things=things)


def _user_id(person: Person) -> str:
    return str(person.client.request("GET", "/v1/users/me").body["id"])


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The document without its ranges, which would take any refusal: each must be named."""
    described = json.loads(DOCUMENT.read_text())
    for operations in described["paths"].values():
        for operation in operations.values():
            operation["responses"] = {
                status: answer for status, answer in operation["responses"].items() if status.isdigit()
            }
    named = tmp_path / "openapi.json"
    named.write_text(json.dumps(described))
    return named


class TestOpenApi:
    def test_describes_every_answer(
        self, askers: dict[str, Asker], platform: Configuration, document: Path, tmp_path: Path
    ) -> None:
        print(f"FUZZ_SECONDS={SECONDS} FUZZ_PHASES={PHASES} FUZZ_SEED={SEED}")
        facts = json.dumps({who: asdict(each) for who, each in askers.items()})
        url = f"http://{HOST}:{platform.ports.gateway}"
        arguments = [f"--url={url}", f"--max-time={SECONDS}", f"--phases={PHASES}", f"--seed={SEED}", "--no-color"]
        run = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", Path(__file__).with_name("schemathesis.toml"),
             "run", document, *arguments],
            cwd=tmp_path,
            env={**os.environ, "FUZZ_ASKERS": facts, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            timeout=SECONDS + PATIENCE_S,
            check=False,
        )  # fmt: skip
        print(run.stdout)
        assert run.returncode == 0, run.stdout + run.stderr
