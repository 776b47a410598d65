"""What an admin does to wallets, limits and rates leaves who, what exactly, from where and why."""

import secrets
from collections.abc import Iterator
from typing import Any

from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import Document, written
from tests.integration.factor import Guard
from tests.integration.money import open_wallet
from tests.integration.newcomer import outcome

REASON = "As agreed by telephone"
LIMIT = "/v1/admin/spending-limits/user/THB"
STEP_UP_LIMIT = "/v1/admin/step-up-limits/THB"
RATE = {"source_currency": "EUR", "target_currency": "THB", "rate": "37.500"}

Act = tuple[str, str, Document | None, str, Document]


def acts(wallet_id: str) -> Iterator[Act]:
    """Each request with the action of its record and what is in the record's data."""
    of_wallet: list[tuple[str, Document, Document]] = [
        ("freeze", {"direction": "debit"}, {"action": "freeze", "state": "debit_frozen"}),
        ("unfreeze", {}, {"action": "unfreeze", "state": "active"}),
        ("credit-limit", {"credit_limit": 700}, {"action": "limit", "credit_limit": 700, "stripes": None}),
        ("stripe", {"stripes": 4}, {"action": "stripe", "credit_limit": None, "stripes": 4}),
        ("credit-limit", {"credit_limit": 0}, {"action": "limit", "credit_limit": 0}),
    ]
    for what, body, data in of_wallet:
        yield "POST", f"/v1/wallets/{wallet_id}/{what}", body, "wallet.updated", data
    yield "POST", f"/v1/wallets/{wallet_id}/deactivate", {}, "wallet.deactivated", {"wallet_id": wallet_id}
    yield "POST", f"/v1/wallets/{wallet_id}/reopen", {}, "wallet.updated", {"action": "reopen", "state": "active"}
    yield "PUT", LIMIT, {"per_day": 9}, "spending_limit.updated", {"role": "user", "currency": "THB", "per_day": 9}
    yield "DELETE", LIMIT, None, "spending_limit.updated", {"currency": "THB", "removed": True}
    yield "PUT", STEP_UP_LIMIT, {"above": 7}, "step_up_limit.updated", {"currency": "THB", "above": 7}
    yield "DELETE", STEP_UP_LIMIT, None, "step_up_limit.updated", {"currency": "THB", "above": None}
    yield "POST", "/v1/exchange-rates", RATE, "exchange_rate.loaded", {**RATE, "rate": "37.5"}


def network_of(person: Person) -> str:
    return person.client.address.rpartition(".")[0] + ".0/24"


class TestEachAct:
    def test_leaves_who_did_what_from_where_and_why(self, payer: Person, guard: Guard, records: Any) -> None:
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        for method, path, body, action, data in acts(open_wallet(payer, "THB")):
            query = f"?reason={REASON.replace(' ', '%20')}" if body is None else ""
            answer = guard.request(method, path + query, None if body is None else {**body, "reason": REASON})
            assert answer.status in (200, 201, 204), answer.raw
            (record,) = written(records, {"request_id": answer.headers["request-id"]})
            assert (record["action"], record["actor"], record["reason"]) == (action, admin_id, REASON), path
            assert record["network"] == network_of(guard.person), path
            assert data.items() <= record["data"].items(), path

    def test_is_not_done_without_a_reason(self, guard: Guard) -> None:
        for body in (RATE, {**RATE, "reason": ""}, {**RATE, "reason": None}):
            assert outcome(guard.request("POST", "/v1/exchange-rates", body)) == (422, "invalid_request")

    def test_that_is_repeated_under_its_key_leaves_one_record(self, guard: Guard, desk: Desk) -> None:
        key, body = secrets.token_hex(8), {**RATE, "reason": REASON}
        client = guard.shown().client
        one, again = (client.request("POST", "/v1/exchange-rates", body, key=key) for _ in range(2))
        assert (one.status, again.raw) == (201, one.raw)
        told = "SELECT request_id FROM outbox.event WHERE type = 'exchange_rate.loaded' AND subject = :id"
        assert desk.rows(told, id=one.body["id"]) == [[one.headers["request-id"]]]


class TestAnOwnersAct:
    def test_on_a_wallet_leaves_from_where_too(self, payer: Person, records: Any) -> None:
        path = f"/v1/wallets/{payer.wallet_id}"
        assert payer.client.request("PATCH", path, {"name": "holiday"}).status == 200
        assert payer.client.request("POST", f"{path}/deactivate", {}).status == 200
        found = written(records, {"resource": payer.wallet_id}, 3)
        assert sorted(each["action"] for each in found) == ["wallet.created", "wallet.deactivated", "wallet.updated"]
        assert {each["network"] for each in found} == {network_of(payer)}
