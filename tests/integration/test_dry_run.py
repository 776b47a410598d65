"""A dry run through the public door: the same checks, the same words, and nothing kept."""

from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import balance, fund, held, history, moved, posted, refusal, transfer
from tests.integration.paying import Backstage


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def _dry(person: Person, path: str, body: dict[str, Any], key: str | None = None) -> Answer:
    return person.client.request("POST", f"/v1/transactions/{path}?dry_run=true", body, key=key)


def _body(payer: Person, target: str, amount: int, **more: Any) -> dict[str, Any]:
    names = {"source_wallet_id": payer.wallet_id, "target_wallet_id": target}
    return {**names, "amount": amount, "currency": "EUR", **more}


class TestDryRun:
    @pytest.mark.parametrize("kind", ["transfer", "hold"])
    def test_tells_what_would_be_and_keeps_nothing(
        self, rich: Person, payee: Person, backstage: Backstage, kind: str
    ) -> None:
        before = _rows(backstage, rich)
        made = _dry(rich, kind, _body(rich, payee.wallet_id, 400, external_id="order-1"))
        status = "completed" if kind == "transfer" else "pending"
        assert (made.status, made.body["dry_run"], made.body["status"]) == (200, True, status)
        if kind == "transfer":
            assert [leg["balance_after"] for leg in made.body["legs"]] == [600]
        assert balance(rich)["available"] == 1000
        assert _rows(backstage, rich) == before
        assert (len(history(rich)), history(payee)) == (1, [])
        # and the reference is still free
        assert moved(rich, payee.wallet_id, 1, external_id="order-1")

    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    def test_of_a_bulk_tells_each_item_and_keeps_nothing(
        self, rich: Person, payee: Person, backstage: Backstage, mode: str
    ) -> None:
        before = _rows(backstage, rich)
        items = [_body(rich, payee.wallet_id, 1 + number % 3) for number in range(120)]
        made = _dry(rich, "bulk", {"mode": mode, "items": items})
        assert (made.status, made.body["dry_run"], made.body["mode"]) == (200, True, mode)
        assert [each["transaction"]["legs"][0]["amount"] for each in made.body["data"][:3]] == [-1, -2, -3]
        items[7]["amount"] = 10_000
        refused = _dry(rich, "bulk", {"mode": mode, "items": items})
        if mode == "atomic":
            assert (*refusal(refused), refused.body["index"]) == (422, "bulk_refused", 7)
        else:
            ends = [each["error"]["code"] for each in refused.body["data"] if "error" in each]
            assert ends == ["insufficient_funds"]
        assert _rows(backstage, rich) == before
        assert posted(payee) == 0

    def test_of_a_continuation_keeps_nothing(self, rich: Person, payee: Person) -> None:
        hold_id, transfer_id = held(rich, payee.wallet_id, 100), moved(rich, payee.wallet_id, 50)
        for path, body in (
            (f"{hold_id}/capture", {"amount": 40}),
            (f"{hold_id}/void", {}),
            (f"{transfer_id}/reverse", {"reason": "x"}),
        ):
            made = _dry(payee, path, body)
            assert (made.status, made.body["dry_run"]) == (200, True), path
        assert balance(rich) == {"posted": 950, "pending_in": 0, "pending_out": 100, "available": 850}
        assert [row["kind"] for row in history(payee)] == ["transfer", "hold"]

    @pytest.mark.parametrize("way", ["add", "deduct"])
    def test_of_funds_keeps_nothing(self, rich: Person, admin: Person, backstage: Backstage, way: str) -> None:
        before, body = _rows(backstage, rich), {"amount": 400, "currency": "EUR", "reason": "test"}
        made = admin.client.request("POST", f"/v1/wallets/{rich.wallet_id}/funds/{way}?dry_run=true", body)
        assert (made.status, made.body["dry_run"], made.body["status"]) == (200, True, "completed")
        assert _rows(backstage, rich) == before

    def test_refuses_as_the_real_one_would(self, rich: Person, payee: Person) -> None:
        short = _dry(rich, "transfer", _body(rich, payee.wallet_id, 1001))
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        absent = _dry(rich, "transfer", _body(rich, "wal_" + "0" * 26, 1))
        assert refusal(absent) == (404, "wallet_not_found")
        assert history(rich, "status=failed") == []

    def test_neither_reads_nor_stores_a_key(self, rich: Person, payee: Person) -> None:
        assert _dry(rich, "transfer", _body(rich, payee.wallet_id, 1), key="k").status == 200
        assert transfer(rich, payee.wallet_id, 2, "k").status == 201
        assert _dry(rich, "transfer", _body(rich, payee.wallet_id, 3), key="k").body["amount"] == 3

    @pytest.mark.parametrize("key", ["k", None])
    @pytest.mark.parametrize(
        "value", ["1e0", "", "maybe", "1", "0", "True", "TRUE", "yes", "on", "t", "true%20", "false&dry_run=true"]
    )
    def test_is_asked_for_in_clear(self, rich: Person, payee: Person, value: str, key: str | None) -> None:
        path = f"/v1/transactions/transfer?dry_run={value}"
        answer = rich.client.request("POST", path, _body(rich, payee.wallet_id, 1), key=key)
        assert (*refusal(answer), answer.body["param"]) == (400, "invalid_parameter", "dry_run")

    def test_that_is_none_needs_its_key(self, rich: Person, payee: Person) -> None:
        path, body = "/v1/transactions/transfer?dry_run=false", _body(rich, payee.wallet_id, 1)
        assert refusal(rich.client.request("POST", path, body)) == (400, "idempotency_key_required")
        assert rich.client.request("POST", path, body, key="k").status == 201


def _rows(backstage: Backstage, person: Person) -> list[list[object]]:
    return backstage.sql(
        "SELECT (SELECT count(*) FROM ledger.transaction WHERE source_account_id = :wallet), "
        "       (SELECT count(*) FROM outbox.event WHERE partition_key = :wallet), "
        "       (SELECT version FROM ledger.balance WHERE account_id = :wallet), "
        "       (SELECT count(*) FROM ledger.hold WHERE source_account_id = :wallet)",
        wallet=person.wallet_id,
    )
