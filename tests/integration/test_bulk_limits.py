"""Spending limits of a bulk's items, through the public door: how many movements an hour has. In NOK only."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import fund, open_wallet, post, posted, refusal
from tests.integration.paying import Backstage

AMOUNTS = (1, 10, 100)


@pytest.fixture
def spender(payer: Person, payee: Person, admin: Person, backstage: Backstage) -> Iterator[Person]:
    """Somebody with 10,000 in a NOK wallet, who has two movements an hour; the payee has such a wallet, too."""
    payer.wallet_id, payee.wallet_id = open_wallet(payer, "NOK"), open_wallet(payee, "NOK")
    fund(admin, payer.wallet_id, 10_000, "NOK")
    limit = {"count_per_hour": 2, "reason": "test"}
    assert admin.client.request("PUT", "/v1/admin/spending-limits/user/NOK", limit).status == 200
    yield payer
    backstage.sql("DELETE FROM ledger.spending_limit WHERE currency = 'NOK'")


def _bulk(spender: Person, payee: Person, mode: str, *, dry: bool = False) -> Answer:
    """Three items, one more than an hour has."""
    sides = {"source_wallet_id": spender.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "NOK"}
    items: list[dict[str, Any]] = [{**sides, "amount": amount} for amount in AMOUNTS]
    path = "/v1/transactions/bulk?dry_run=true" if dry else "/v1/transactions/bulk"
    return post(spender, path, {"mode": mode, "items": items}, "k")


def _an_hour_later(backstage: Backstage) -> None:
    backstage.sql("UPDATE ledger.spending SET hour = hour - interval '1 hour' WHERE currency = 'NOK'")


class TestIndependent:
    def test_tries_an_item_again_that_came_too_early(
        self, spender: Person, payee: Person, backstage: Backstage
    ) -> None:
        def ends() -> list[str]:
            told = _bulk(spender, payee, "independent").body["data"]
            return [each["error"]["code"] if "error" in each else each["transaction"]["id"] for each in told]

        first = ends()
        assert first[2] == "rate_limited"
        _an_hour_later(backstage)
        second = ends()
        assert second[:2] == first[:2]
        assert (posted(payee), ends()) == (sum(AMOUNTS), second)


class TestAtomic:
    @pytest.mark.parametrize("dry", [False, True])
    def test_of_which_an_item_comes_too_early_may_be_sent_again(
        self, spender: Person, payee: Person, admin: Person, *, dry: bool
    ) -> None:
        refused = _bulk(spender, payee, "atomic", dry=dry)
        assert refusal(refused) == (429, "rate_limited")
        assert (refused.body["retryable"], refused.body["index"]) == (True, 2)
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert posted(payee) == 0
        more = {"count_per_hour": 3, "reason": "test"}
        assert admin.client.request("PUT", "/v1/admin/spending-limits/user/NOK", more).status == 200
        assert _bulk(spender, payee, "atomic").status == 201
        assert posted(payee) == sum(AMOUNTS)
