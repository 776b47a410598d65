"""Many transfers in one request through the public door: all or none, or each by itself."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import ABSENT_WALLET, fund, get, history, open_wallet, post, posted, refusal
from tests.integration.patience import attended
from tests.integration.paying import Backstage

BULK = "/v1/transactions/bulk"


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 10,000 in the wallet."""
    fund(admin, payer.wallet_id, 10_000)
    return payer


def _item(payer: Person, payee: Person, amount: object = 1, **changes: Any) -> dict[str, Any]:
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "amount": amount}
    return {**body, "currency": "EUR", **changes}


def _bulk(person: Person, mode: str, items: list[dict[str, Any]], key: str | None = None) -> Answer:
    return attended(partial(post, person, BULK, {"mode": mode, "items": items}, key or secrets.token_hex(8)))


class TestAtomic:
    def test_moves_a_thousand_in_one_call(self, rich: Person, payee: Person) -> None:
        items = [_item(rich, payee, 1 + place % 3) for place in range(1000)]
        made = _bulk(rich, "atomic", items, "k")
        assert made.status == 201
        assert [each["transaction"]["amount"] for each in made.body["data"]] == [1 + p % 3 for p in range(1000)]
        assert {each["status"] for each in made.body["data"]} == {"completed"}
        assert (posted(rich), posted(payee)) == (10_000 - 1999, 1999)
        legs = [each["transaction"]["legs"] for each in made.body["data"]]
        assert [[leg["wallet_id"] for leg in each] for each in legs] == [[rich.wallet_id]] * 1000
        again = _bulk(rich, "atomic", items, "k")
        assert (again.raw, again.headers["idempotency-replayed"]) == (made.raw, "true")
        assert posted(payee) == 1999

    def test_one_refusal_refuses_all(self, rich: Person, payee: Person) -> None:
        items = [_item(rich, payee, 6000), _item(rich, payee, 1), _item(rich, payee, 4000)]
        refused = _bulk(rich, "atomic", items, "k")
        assert refusal(refused) == (422, "bulk_refused")
        told = {name: refused.body[name] for name in ("index", "reason", "item_facts")}
        facts = {"wallet_id": rich.wallet_id, "short_by": 1}
        assert told == {"index": 2, "reason": "insufficient_funds", "item_facts": facts}
        assert (posted(rich), posted(payee), history(payee)) == (10_000, 0, [])
        assert _bulk(rich, "atomic", items, "k").raw == refused.raw

    def test_a_foreign_wallet_refuses_all_and_frees_the_key(self, rich: Person, payee: Person) -> None:
        refused = _bulk(rich, "atomic", [_item(rich, payee), _item(payee, rich)], "k")
        told = (*refusal(refused), refused.body["index"], refused.body["reason"])
        assert told == (422, "bulk_refused", 1, "wallet_not_found")
        assert _bulk(rich, "atomic", [_item(rich, payee)], "k").status == 201

    def test_what_one_gives_the_next_can_spend(self, rich: Person, payee: Person) -> None:
        other = post(rich, "/v1/wallets", {"currency": "EUR", "name": "Savings"}).body["id"]
        items = [
            _item(rich, payee, 10_000, target_wallet_id=other),
            _item(rich, payee, 10_000, source_wallet_id=other),
        ]
        assert _bulk(rich, "atomic", items).status == 201
        assert (posted(rich), posted(rich, other), posted(payee)) == (0, 0, 10_000)


class TestIndependent:
    def test_each_of_a_thousand_stands_by_itself(self, rich: Person, payee: Person) -> None:
        bad: dict[int, dict[str, Any]] = {
            7: {"target_wallet_id": ABSENT_WALLET},
            63: {"amount": 100_000},
            999: {"currency": "USD"},
        }
        items = [_item(rich, payee, **bad.get(place, {})) for place in range(1000)]
        made = _bulk(rich, "independent", items, "k")
        assert made.status == 201
        errors = {place: each["error"]["code"] for place, each in enumerate(made.body["data"]) if "error" in each}
        assert errors == {7: "wallet_not_found", 63: "insufficient_funds", 999: "currency_mismatch"}
        assert (posted(rich), posted(payee)) == (10_000 - 997, 997)
        again = _bulk(rich, "independent", items, "k")
        assert (again.raw, again.headers["idempotency-replayed"]) == (made.raw, "true")
        assert posted(payee) == 997

    def test_at_the_same_moment_happens_once(self, rich: Person, payee: Person) -> None:
        items = [_item(rich, payee) for _ in range(120)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: _bulk(rich, "independent", items, "k"), range(4)))
        assert {answer.status for answer in answers} == {201}
        assert len({answer.raw for answer in answers}) == 1
        assert _bulk(rich, "independent", items, "k").raw == answers[0].raw
        assert posted(payee) == 120

    def test_an_item_s_key_is_not_the_client_s(self, rich: Person, payee: Person) -> None:
        assert _bulk(rich, "independent", [_item(rich, payee)], "k").status == 201
        # its key holds a space, which no client's may
        named = post(rich, "/v1/transactions/transfer", _item(rich, payee), "0 k")
        assert refusal(named) == (400, "invalid_idempotency_key")
        assert post(rich, "/v1/transactions/transfer", _item(rich, payee), "k").status == 201
        assert posted(payee) == 2


class TestBodies:
    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    def test_another_body_under_the_key_is_refused(self, rich: Person, payee: Person, mode: str) -> None:
        assert _bulk(rich, mode, [_item(rich, payee)], "k").status == 201
        assert refusal(_bulk(rich, mode, [_item(rich, payee, 2)], "k")) == (422, "idempotency_key_reused")
        assert posted(payee) == 1

    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    def test_the_other_mode_under_the_key_is_refused(self, rich: Person, payee: Person, mode: str) -> None:
        """Also where the answer of the first was a refusal."""
        other = "atomic" if mode == "independent" else "independent"
        for key, amount in (("done", 1), ("refused", 100_000)):
            _bulk(rich, mode, [_item(rich, payee, amount)], key)
            assert refusal(_bulk(rich, other, [_item(rich, payee, amount)], key)) == (422, "idempotency_key_reused")
        assert posted(payee) == 1

    def test_both_modes_at_the_same_moment_under_one_key_move_money_once(self, rich: Person, payee: Person) -> None:
        for key in map(str, range(8)):
            with ThreadPoolExecutor(2) as pool:
                asked = [
                    pool.submit(_bulk, rich, mode, [_item(rich, payee)], key) for mode in ("atomic", "independent")
                ]
            assert sorted(each.result().status for each in asked) == [201, 422]
        assert posted(payee) == 8

    def test_bounds(self, rich: Person, payee: Person) -> None:
        one = _item(rich, payee)
        twice = {**one, "external_id": "a"}
        for mode, items in (("atomic", []), ("atomic", [one] * 1001), ("all", [one]), ("atomic", [twice, twice])):
            assert refusal(_bulk(rich, mode, items)) == (422, "invalid_request")
        for amount in (0, -1, 1.0, "1", True, 10**15 + 1):
            assert refusal(_bulk(rich, "independent", [_item(rich, payee, amount)])) == (422, "invalid_request")
        assert refusal(rich.client.request("POST", BULK, {"mode": "atomic", "items": [one]})) == (
            400, "idempotency_key_required",
        )  # fmt: skip
        assert posted(payee) == 0

    def test_may_be_a_megabyte(self, rich: Person, payee: Person) -> None:
        metadata = {"a": "x" * 500, "b": "y" * 300}
        items = [_item(rich, payee, metadata=metadata) for _ in range(800)]
        text = json.dumps({"mode": "atomic", "items": items}).encode()
        assert len(text) > 700_000
        answer = attended(partial(rich.client.request, "POST", BULK, raw=text, key="k"))
        assert answer.status == 201
        larger = rich.client.request("POST", BULK, raw=b" " * (1024 * 1024 + 1), key="x")
        assert refusal(larger) == (413, "body_too_large")
        assert get(rich, "/v1/transactions?limit=1").body["data"][0]["metadata"]["a"] == "x" * 500


class TestAddress:
    """Nothing waits in a bulk: an address that nobody is known to have is no recipient, item by item."""

    def test_of_nobody_refuses_its_item_and_holds_nothing(self, rich: Person, payee: Person) -> None:
        nobody = {"target_wallet_id": None, "target_email": f"{secrets.token_hex(8)}@example.com"}
        items = [_item(rich, payee, 3), _item(rich, payee, 5, **nobody), _item(rich, payee, 7)]
        refused = _bulk(rich, "atomic", items)
        told = (*refusal(refused), refused.body["index"], refused.body["reason"])
        assert told == (422, "bulk_refused", 1, "wallet_not_found")
        made = _bulk(rich, "independent", items)
        assert [each.get("error", {}).get("code") for each in made.body["data"]] == [None, "wallet_not_found", None]
        assert (posted(rich), posted(payee)) == (10_000 - 10, 10)
        assert history(rich, "kind=hold") == []

    def test_of_who_comes_while_a_bulk_runs_is_nobody_s_to_its_twin_either(
        self, payer: Person, payee: Person, admin: Person, backstage: Backstage
    ) -> None:
        """One answer is kept for both: the one that looked later must not move what the other has told as failed."""
        payer.wallet_id = open_wallet(payer, "CHF")
        fund(admin, payer.wallet_id, 1000, "CHF")
        item = _item(payer, payee, 100, target_wallet_id=None, target_email=payee.email, currency="CHF")
        key = secrets.token_hex(8)
        first = _bulk(payer, "independent", [item], key)
        assert first.body["data"][0]["error"]["code"] == "wallet_not_found"
        # as if it had not come to keep its answer yet
        backstage.sql("UPDATE ledger.stored_answer SET status = NULL, body = NULL WHERE key = :key", key=key)
        payee.wallet_id = open_wallet(payee, "CHF")
        assert _bulk(payer, "independent", [item], key).body == first.body
        assert (posted(payer), posted(payee)) == (1000, 0)
