"""Attacks by names and ids in bodies, through the gateway (correctness table Z)."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.answer_table import rows
from tests.contract.test_openapi import DOCUMENT
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, step_up
from tests.integration.money import fund, open_wallet, unlike
from tests.integration.newcomer import outcome
from tests.integration.patience import until
from tests.integration.paying import paid, refund, save_card
from tests.integration.people import Town
from tests.integration.scheduling import at
from tests.samples import sample_request

# What a client may wish for and never sets: T, Z2 and B19.
WISHES: dict[str, Any] = {
    "role": "admin", "roles": ["admin"], "is_admin": True, "owner_id": "usr_" + "0" * 26, "user_id": "usr_" + "0" * 26,
    "balance": {"posted": 1_000_000}, "posted": 1_000_000, "state": "active", "status": "completed", "fee": 0,
    "email_verified": True, "mfa_enabled": False, "kyc_status": "verified", "phone_verified": True, "version": 9, "id": "x", "created_at": "2020-01-01T00:00:00Z",
}  # fmt: skip


@pytest.fixture(scope="module")
def person(town: Town) -> Person:
    """Who attacks."""
    return town.person("EUR")


@pytest.fixture(scope="module")
def boss(town: Town, guard: Guard, desk: Desk) -> Person:
    """Who attacks with every role and a second factor just shown: nothing is refused for want of these."""
    boss = town.admin()
    user_id = boss.client.request("GET", "/v1/users/me").body["id"]
    roles = {"roles": ["merchant", "admin"], "reason": "test"}
    assert guard.request("PATCH", f"/v1/users/{user_id}", roles).status == 200
    phone = Phone(boss.totp_seed)
    step_up(boss, phone, desk)
    return boss


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and sample body of every operation that takes one."""
    for row in rows():
        if "requestBody" in DOCUMENT["paths"][row.path][row.method.lower()]:
            event = sample_request(row.method, row.path)
            yield row.method, event["path"], json.loads(event["body"])


def judged(person: Person, method: str, path: str, body: object) -> Answer:
    """The answer, once it is none of a busy machine: an admin waits while Redis does not answer in time."""
    return until(
        lambda: person.client.request(method, path, body, key=secrets.token_hex(8)),
        lambda answer: answer.status != 503,
    )


class TestMassAssignment:
    @pytest.mark.parametrize(
        ("method", "path", "body"), list(bodies()), ids=lambda value: value if isinstance(value, str) else ""
    )
    def test_no_route_takes_a_name_that_it_does_not_know(
        self, boss: Person, method: str, path: str, body: dict[str, Any]
    ) -> None:
        for name, value in WISHES.items():
            if name in body or name in known_names(method, path):
                continue
            answer = judged(boss, method, path, {**body, name: value})
            assert outcome(answer) == (422, "invalid_request"), name
            assert "extra_forbidden" in {fault["code"] for fault in answer.body["errors"]}, name

    @pytest.mark.parametrize(
        "item",
        [
            "{" + ",".join(f'"k{number}":1' for number in range(90_000)) + "}",
            ",".join(['{"amount":"x"}'] * 60_000),
            '{"description":[' + ",".join(['"\\u0000"'] * 100_000) + "]}",
        ],
        ids=["names", "objects", "texts"],
    )
    def test_an_answer_is_no_larger_than_its_request(self, person: Person, item: str) -> None:
        raw = f'{{"mode":"atomic","items":[{item}]}}'.encode()
        answer = person.client.request(
            "POST",
            "/v1/transactions/bulk",
            raw=raw,
            key=secrets.token_hex(8),
            headers={"Content-Type": "application/json"},
        )
        assert outcome(answer) == (422, "invalid_request")
        assert len(answer.raw) < 5_000

    @pytest.mark.parametrize("version", [0, -1, 2**53, 10**30])
    def test_a_version_has_its_bounds(self, boss: Person, version: int) -> None:
        for method, path, body in bodies():
            if "expected_version" in known_names(method, path):
                answer = judged(boss, method, path, {**body, "expected_version": version})
                assert outcome(answer) == (422, "invalid_request"), path

    def test_a_wallet_s_owner_and_balance_are_not_the_client_s(self, person: Person) -> None:
        before = person.client.request("GET", f"/v1/wallets/{person.wallet_id}").body
        for change in ({"owner_id": "usr_" + "0" * 26}, {"balance": {"posted": 5}}, {"credit_limit": 5}):
            assert (
                person.client.request("PATCH", f"/v1/wallets/{person.wallet_id}", {"name": "x", **change}).status == 422
            )
        assert person.client.request("GET", f"/v1/wallets/{person.wallet_id}").body == before


def known_names(method: str, path: str) -> set[str]:
    """The names that an operation's body may have."""
    for template, operations in DOCUMENT["paths"].items():
        operation = operations.get(method.lower(), {})
        if "requestBody" in operation and sample_request(method, template)["path"] == path:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            return set(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"])
    raise LookupError(path)


class TestForeignIds:
    """Ids in paths: tests/integration/test_permissions.py walks them all. Here are those in bodies and queries."""

    @pytest.fixture
    def victim(self, town: Town, admin: Person) -> Person:
        person = town.person("EUR")
        fund(admin, person.wallet_id, 1000)
        return person

    def ask(self, attacker: Person, method: str, path: str, body: object) -> Answer:
        return attacker.client.request(method, path, body, key=secrets.token_hex(8))

    def test_in_bodies_are_as_absent(self, town: Town, admin: Person, victim: Person) -> None:
        attacker = town.person("EUR")
        fund(admin, attacker.wallet_id, 1000)
        method_id, own_method_id = save_card(victim), save_card(attacker)
        quote = {"source_currency": "EUR", "target_currency": "USD", "amount": 1000}
        rate = {"source_currency": "EUR", "target_currency": "USD", "rate": "1.5", "reason": "test"}
        assert self.ask(admin, "POST", "/v1/exchange-rates", rate).status == 201
        quote_id = self.ask(victim, "POST", "/v1/quotes", quote).body["id"]
        dollars = open_wallet(attacker, "USD")
        own, money = attacker.wallet_id, {"amount": 1, "currency": "EUR"}
        table: list[tuple[str, dict[str, Any], str, str]] = [
            ("/v1/transactions/transfer", {**money, "target_wallet_id": own}, "source_wallet_id", victim.wallet_id),
            ("/v1/transactions/hold", {**money, "target_wallet_id": own}, "source_wallet_id", victim.wallet_id),
            ("/v1/schedules", {**money, "target_wallet_id": own, "execute_at": at(3600)}, "source_wallet_id", victim.wallet_id),
            ("/v1/payments", {**money, "wallet_id": own}, "payment_method_id", method_id),
            ("/v1/payments", {**money, "payment_method_id": own_method_id}, "wallet_id", victim.wallet_id),
            ("/v1/transactions/convert", {"source_wallet_id": own, "target_wallet_id": dollars}, "quote_id", quote_id),
            (f"/v1/wallets/{own}/deactivate", {"reason": "x"}, "sweep_to", victim.wallet_id),
        ]  # fmt: skip
        for path, body, name, foreign in table:
            answers = [self.ask(attacker, "POST", path, {**body, name: each}) for each in (foreign, absent(foreign))]
            assert {answer.status for answer in answers} == {404}, (path, [answer.raw for answer in answers])
            assert unlike(answers[0]) == unlike(answers[1]), path
            assert foreign.encode() not in answers[0].raw or path == "/v1/schedules", path

    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    def test_in_items_of_a_bulk_are_as_absent(self, town: Town, admin: Person, victim: Person, mode: str) -> None:
        attacker = town.person("EUR")
        fund(admin, attacker.wallet_id, 1000)
        money = {"amount": 1, "currency": "EUR", "target_wallet_id": attacker.wallet_id}
        answers = [
            self.ask(attacker, "POST", "/v1/transactions/bulk", {"mode": mode, "items": [{**money, "source_wallet_id": each}]})
            for each in (victim.wallet_id, absent(victim.wallet_id))
        ]  # fmt: skip
        assert b"wallet_not_found" in answers[0].raw
        assert answers[0].status == answers[1].status
        assert unlike(answers[0]) == unlike(answers[1])
        assert victim.wallet_id.encode() not in answers[0].raw

    def test_in_queries_are_as_absent(self, town: Town, admin: Person, victim: Person) -> None:
        attacker = town.person("EUR")
        payment_id = paid(victim)
        assert refund(victim, payment_id, 1).status == 201
        victim_id = victim.client.request("GET", "/v1/users/me").body["id"]
        table = [
            ("/v1/transactions?wallet_id=", victim.wallet_id, victim),
            ("/v1/transactions?owner_id=", victim_id, admin),
            ("/v1/payments?wallet_id=", victim.wallet_id, victim),
            ("/v1/refunds?payment_id=", payment_id, victim),
        ]
        for path, foreign, who_may in table:
            assert who_may.client.request("GET", path + foreign).body["data"], f"{path}: there is something"
            answers = [attacker.client.request("GET", path + each) for each in (foreign, absent(foreign))]
            assert answers[0].status == answers[1].status, path
            assert unlike(answers[0]) == unlike(answers[1]), path
            assert not answers[0].body.get("data"), path


def absent(foreign: str) -> str:
    """An id of the same kind that nothing has."""
    return foreign.partition("_")[0] + "_" + "0" * 26
