"""Spending limits through the public door: what an admin allows a role, judged with each movement. In SEK only."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.money import fund, history, open_wallet, posted, refusal, spend, transfer
from tests.integration.paying import Backstage

LIMITS = "/v1/admin/spending-limits"


def _put(admin: Person, role: str = "user", currency: str = "SEK", **limits: Any) -> Answer:
    return admin.client.request("PUT", f"{LIMITS}/{role}/{currency}", {"reason": "test", **limits})


@pytest.fixture
def spender(payer: Person, payee: Person, admin: Person, backstage: Backstage) -> Iterator[Person]:
    """Somebody with 10,000 in a SEK wallet; the payee has one, too. Afterwards nothing is limited."""
    payer.wallet_id, payee.wallet_id = open_wallet(payer, "SEK"), open_wallet(payee, "SEK")
    fund(admin, payer.wallet_id, 10_000, "SEK")
    yield payer
    backstage.sql("DELETE FROM ledger.spending_limit WHERE currency = 'SEK'")


def _send(spender: Person, payee: Person, amount: int, key: str | None = None, **more: Any) -> Answer:
    return transfer(spender, payee.wallet_id, amount, key, currency="SEK", **more)


class TestChange:
    def test_is_an_admin_s_and_audited(self, spender: Person, admin: Person, backstage: Backstage) -> None:
        put = _put(admin, per_transaction=500, count_per_hour=9)
        told = {"role": "user", "currency": "SEK", "per_transaction": 500, "per_day": None, "count_per_hour": 9}
        assert put.status == 200
        assert put.body.items() >= told.items()
        listed = admin.client.request("GET", LIMITS).body["data"]
        assert put.body in listed
        removed = admin.client.request("DELETE", f"{LIMITS}/user/SEK?reason=enough")
        assert (removed.status, removed.raw) == (204, b"")
        rows = backstage.sql(
            "SELECT data FROM outbox.event WHERE type = 'spending_limit.updated' AND subject = 'user_SEK' "
            "ORDER BY id DESC LIMIT 2"
        )
        assert [(row[0]["removed"], row[0]["reason"]) for row in rows] == [(True, "enough"), (False, "test")]
        again = admin.client.request("DELETE", f"{LIMITS}/user/SEK?reason=enough")
        assert refusal(again) == (404, "spending_limit_not_found")
        for method, path, body in (
            ("GET", "", None),
            ("PUT", "/user/SEK", {"per_day": 1, "reason": "x"}),
            ("DELETE", "/user/SEK?reason=x", None),
        ):
            assert refusal(spender.client.request(method, LIMITS + path, body)) == (403, "forbidden")

    @pytest.mark.parametrize(
        "body",
        [
            {"reason": "x"}, {"per_day": 1}, {"per_day": 0, "reason": "x"}, {"per_day": -1, "reason": "x"},
            {"per_day": 1.0, "reason": "x"}, {"per_day": 1, "reason": ""}, {"per_year": 1, "reason": "x"},
            {"count_per_hour": 0, "reason": "x"},
        ],
    )  # fmt: skip
    def test_refuses_a_bad_body(self, admin: Person, body: dict[str, Any]) -> None:
        assert refusal(admin.client.request("PUT", f"{LIMITS}/user/NOK", body)) == (422, "invalid_request")

    @pytest.mark.parametrize("place", ["admin/NOK", "verified/NOK", "user/XXX", "user/nok"])
    def test_knows_roles_and_currencies(self, admin: Person, place: str) -> None:
        answer = admin.client.request("PUT", f"{LIMITS}/{place}", {"per_day": 1, "reason": "x"})
        assert refusal(answer) == (404, "spending_limit_not_found")


class TestAmounts:
    def test_per_transaction(self, spender: Person, payee: Person, admin: Person) -> None:
        _put(admin, per_transaction=100)
        refused = _send(spender, payee, 101)
        told = {name: refused.body[name] for name in ("limit", "allowed", "used", "resets_at")}
        assert refusal(refused) == (403, "limit_exceeded")
        assert told == {"limit": "per_transaction", "allowed": 100, "used": 0, "resets_at": None}
        assert _send(spender, payee, 100).status == 201
        (failed,) = history(spender, "status=failed")
        assert failed["failure_code"] == "limit_exceeded"

    def test_per_day_is_never_exceeded_by_a_hundred_at_once(
        self, spender: Person, payee: Person, admin: Person
    ) -> None:
        _put(admin, per_day=1000)
        clients = [_from_elsewhere(spender.client, place) for place in range(4)]

        def send(place: int) -> Answer:
            body = {"source_wallet_id": spender.wallet_id, "target_wallet_id": payee.wallet_id}
            money = {"amount": 99, "currency": "SEK"}
            client = clients[place % 4]
            return client.request("POST", "/v1/transactions/transfer", {**body, **money}, key=secrets.token_hex(8))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(send, range(100)))
        assert sum(answer.status == 201 for answer in answers) == 10
        assert {answer.body["code"] for answer in answers if answer.status != 201} <= {
            "limit_exceeded",
            "busy",
            "overloaded",
            "unavailable",
        }
        assert posted(payee, payee.wallet_id) == 990
        last = _send(spender, payee, 11)
        assert (last.body["limit"], last.body["used"], last.body["resets_at"][11:19]) == ("per_day", 990, "00:00:00")
        assert _send(spender, payee, 10).status == 201

    def test_per_month_counts_the_days_before(
        self, spender: Person, payee: Person, admin: Person, backstage: Backstage
    ) -> None:
        _put(admin, per_day=500, per_month=600)
        assert _send(spender, payee, 500).status == 201
        assert _send(spender, payee, 1).body["limit"] == "per_day"
        backstage.sql(
            "UPDATE ledger.spending SET day = day - 1 WHERE owner_id = "
            "(SELECT owner_id FROM ledger.account WHERE id = :id) AND currency = 'SEK'",
            id=spender.wallet_id,
        )
        refused = _send(spender, payee, 101)
        assert (refused.body["limit"], refused.body["used"], refused.body["resets_at"][8:10]) == (
            "per_month",
            500,
            "01",
        )
        assert _send(spender, payee, 100).status == 201

    def test_a_replay_and_a_dry_run_are_not_counted(self, spender: Person, payee: Person, admin: Person) -> None:
        _put(admin, per_day=100)
        first = _send(spender, payee, 60, "k")
        assert _send(spender, payee, 60, "k").raw == first.raw
        body = {"source_wallet_id": spender.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "SEK"}
        path = "/v1/transactions/transfer?dry_run=true"
        assert spender.client.request("POST", path, {**body, "amount": 40}).status == 200
        assert refusal(spender.client.request("POST", path, {**body, "amount": 41})) == (403, "limit_exceeded")
        assert _send(spender, payee, 40).status == 201


class TestCount:
    def test_the_one_too_many_waits_and_leaves_nothing(self, spender: Person, payee: Person, admin: Person) -> None:
        _put(admin, count_per_hour=3)
        assert _send(spender, payee, 10_001).status == 422  # a refused one counts, too
        assert [_send(spender, payee, 1).status for _ in range(2)] == [201, 201]
        before = len(history(spender))
        refused = _send(spender, payee, 1, "k")
        assert refusal(refused) == (429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert len(history(spender)) == before
        assert posted(payee, payee.wallet_id) == 2
        _put(admin, count_per_hour=4)
        assert _send(spender, payee, 1, "k").status == 201  # the key was free

    @pytest.mark.parametrize("kind", ["hold", "transfer"])
    def test_is_of_all_that_is_asked(self, spender: Person, payee: Person, admin: Person, kind: str) -> None:
        _put(admin, count_per_hour=1)
        assert spend(spender, kind, payee.wallet_id, 1, currency="SEK").status == 201
        for other in ("hold", "transfer"):
            assert refusal(spend(spender, other, payee.wallet_id, 1, currency="SEK")) == (429, "rate_limited")
        assert len(history(spender, f"kind={kind}")) == 1

    def test_admins_have_none(self, spender: Person, payee: Person, admin: Person) -> None:
        _put(admin, per_transaction=1, count_per_hour=1)
        own = open_wallet(admin, "SEK", name=secrets.token_hex(4))
        fund(admin, own, 100, "SEK")
        answers = [transfer(admin, payee.wallet_id, 20, currency="SEK", source_wallet_id=own).status for _ in range(3)]
        assert answers == [201] * 3
        assert _send(spender, payee, 2).status == 403


def _from_elsewhere(client: Client, place: int) -> Client:
    twin = Client(client.port, f"127.{210 + place}.{secrets.randbelow(250)}.{secrets.randbelow(250)}")
    twin.token = client.token
    return twin
