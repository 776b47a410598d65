"""One transfer to several wallets through the public door: exact, and each target sees only its own part."""

from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import (
    ABSENT_WALLET,
    fund,
    go_on,
    history,
    open_wallet,
    posted,
    refusal,
    set_state,
    shown,
    transfer,
)
from tests.integration.people import Town


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


@pytest.fixture
def third(town: Town) -> Person:
    """One more with an empty EUR wallet."""
    return town.person("EUR")


def _split(payer: Person, amount: int, shares: dict[str, dict[str, int]]) -> Answer:
    """`shares`: by wallet id, what it gets: {"amount"} or {"weight"}."""
    splits = [{"target_wallet_id": wallet_id, **share} for wallet_id, share in shares.items()]
    body: dict[str, Any] = {"source_wallet_id": payer.wallet_id, "amount": amount, "currency": "EUR", "splits": splits}
    return payer.client.request("POST", "/v1/transactions/transfer", body, key=f"split-{amount}")


class TestSplit:
    def test_by_amount_shows_each_party_only_its_own(self, rich: Person, payee: Person, third: Person) -> None:
        made = _split(rich, 100, {payee.wallet_id: {"amount": 70}, third.wallet_id: {"amount": 30}})
        assert (made.status, made.body["target_wallet_id"], made.body["amount"]) == (201, None, 100)
        parts = [(each["target_wallet_id"], each["amount"]) for each in made.body["splits"]]
        assert parts == [(payee.wallet_id, 70), (third.wallet_id, 30)]
        assert [(leg["wallet_id"], leg["amount"]) for leg in made.body["legs"]] == [(rich.wallet_id, -100)]
        seen = shown(third, made.body["id"]).body
        assert seen["splits"] == [{"target_wallet_id": third.wallet_id, "amount": 30}]
        assert [(leg["wallet_id"], leg["balance_after"]) for leg in seen["legs"]] == [(third.wallet_id, 30)]
        assert (posted(rich), posted(payee), posted(third)) == (900, 70, 30)
        assert [row["id"] for row in history(third)] == [row["id"] for row in history(payee)] == [made.body["id"]]
        assert [row["id"] for row in history(rich, f"wallet_id={third.wallet_id}")] == [made.body["id"]]
        assert [row["id"] for row in history(third, f"wallet_id={third.wallet_id}")] == [made.body["id"]]
        assert history(third, f"wallet_id={payee.wallet_id}") == []

    def test_is_one_row_for_who_has_several_of_its_wallets(self, rich: Person, payee: Person) -> None:
        savings = open_wallet(payee, "EUR", name="savings")
        made = _split(rich, 100, {payee.wallet_id: {"amount": 70}, savings: {"amount": 30}})
        assert [row["id"] for row in history(payee)] == [made.body["id"]]
        assert sorted(leg["amount"] for leg in shown(payee, made.body["id"]).body["legs"]) == [30, 70]

    @pytest.mark.parametrize(
        ("amount", "weights", "parts"),
        [(100, (1, 1, 1), [34, 33, 33]), (101, (50, 30, 20), [51, 30, 20]), (3, (1, 999_999, 1), None)],
    )
    def test_by_weight_is_exact(
        self, rich: Person, payee: Person, third: Person, amount: int, weights: tuple[int, ...], parts: list[int] | None
    ) -> None:
        savings = open_wallet(rich, "EUR", name="Savings")
        wallets = (payee.wallet_id, third.wallet_id, savings)
        shares = {wallet: {"weight": weight} for wallet, weight in zip(wallets, weights, strict=True)}
        made = _split(rich, amount, shares)
        if parts is None:  # a part of nothing is no part
            assert refusal(made) == (422, "invalid_request")
            return
        assert [each["amount"] for each in made.body["splits"]] == parts
        assert [posted(payee), posted(third), posted(rich, savings)] == parts
        assert posted(rich) == 1000 - amount

    def test_is_all_or_nothing(self, rich: Person, payee: Person, third: Person, admin: Person) -> None:
        set_state(admin, third.wallet_id, "freeze", direction="credit")
        refused = _split(rich, 100, {payee.wallet_id: {"amount": 70}, third.wallet_id: {"amount": 30}})
        assert (*refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", third.wallet_id)
        assert (posted(rich), posted(payee), history(payee)) == (1000, 0, [])
        absent = _split(rich, 10, {payee.wallet_id: {"amount": 7}, ABSENT_WALLET: {"amount": 3}})
        assert refusal(absent) == (404, "wallet_not_found")
        own = _split(rich, 11, {payee.wallet_id: {"amount": 7}, rich.wallet_id: {"amount": 4}})
        assert refusal(own) == (422, "same_wallet")

    def test_is_brought_back_by_an_admin_in_proportion(
        self, rich: Person, payee: Person, third: Person, admin: Person
    ) -> None:
        made = _split(rich, 100, {payee.wallet_id: {"amount": 70}, third.wallet_id: {"amount": 30}}).body["id"]
        assert refusal(go_on(payee, made, "reverse", reason="x")) == (404, "transaction_not_found")
        part = go_on(admin, made, "reverse", amount=11, reason="x")
        assert (part.status, part.body["source_wallet_id"], part.body["target_wallet_id"]) == (
            201,
            None,
            rich.wallet_id,
        )
        assert part.body["splits"] == [
            {"source_wallet_id": payee.wallet_id, "amount": 8},  # 7.7
            {"source_wallet_id": third.wallet_id, "amount": 3},
        ]
        assert shown(rich, part.body["id"]).body["splits"] == part.body["splits"]
        assert shown(third, part.body["id"]).body["splits"] == part.body["splits"][1:]
        assert (posted(rich), posted(payee), posted(third)) == (911, 62, 27)
        assert history(third)[0]["id"] == history(rich)[0]["id"] == part.body["id"]
        assert shown(rich, made).body["status"] == "partially_reversed"
        too_much = go_on(admin, made, "reverse", amount=90, reason="x")
        assert (*refusal(too_much), too_much.body["remaining"]) == (422, "reversal_exceeds_remaining", 89)
        assert go_on(admin, made, "reverse", reason="x").status == 201
        assert refusal(go_on(admin, made, "reverse", reason="x")) == (409, "already_reversed")
        assert (posted(rich), posted(payee), posted(third)) == (1000, 0, 0)

    def test_comes_back_from_all_or_from_none(self, rich: Person, payee: Person, third: Person, admin: Person) -> None:
        made = _split(rich, 100, {payee.wallet_id: {"amount": 70}, third.wallet_id: {"amount": 30}}).body["id"]
        set_state(admin, third.wallet_id, "freeze", direction="debit")
        refused = go_on(admin, made, "reverse", reason="x")
        assert (*refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", third.wallet_id)
        assert (posted(rich), posted(payee), posted(third)) == (900, 70, 30)

    def test_refuses_what_does_not_add_up(self, rich: Person, payee: Person, third: Person) -> None:
        one, two = payee.wallet_id, third.wallet_id
        wrong: list[list[tuple[str, dict[str, Any]]]] = [
            [(one, {"amount": 50})],
            [(one, {"amount": 50}), (two, {"amount": 49})],
            [(one, {"amount": 50}), (two, {"weight": 1})],
            [(one, {"amount": 50}), (two, {})],
            [(one, {"amount": 50}), (one, {"amount": 50})],
            [(one, {"amount": 100}), (two, {"amount": 0})],
            [(one, {"weight": 1}), (two, {"weight": 0})],
            [(one, {"weight": 1}), (two, {"weight": 1.5})],
            [(f"wal_{place}", {"weight": 1}) for place in range(101)],
        ]
        for shares in wrong:
            splits = [{"target_wallet_id": wallet, **share} for wallet, share in shares]
            answer = transfer(rich, None, 100, splits=splits)
            assert refusal(answer) == (422, "invalid_request"), shares
        both: Any = [{"target_wallet_id": one, "amount": 50}, {"target_wallet_id": two, "amount": 50}]
        assert refusal(transfer(rich, one, 100, splits=both)) == (422, "invalid_request")
        assert posted(rich) == 1000
