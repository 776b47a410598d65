"""Bulks that move nothing, dry or refused, lock whom they would pay: somebody may ask for so many items of them."""

from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import fund, get, post, posted, refusal
from tests.integration.paying import Backstage

BULK = "/v1/transactions/bulk"
LEFT = 4  # of 10,000


@pytest.fixture
def tired(payer: Person, admin: Person, backstage: Backstage) -> Person:
    """The payer with 100 in the wallet, who has few items left in this hour."""
    fund(admin, payer.wallet_id, 100)
    backstage.sql(
        "INSERT INTO identity.attempt VALUES (:name, CAST(:taken AS integer), clock_timestamp() - interval '59 min')",
        name=_counter(payer),
        taken=10_000 - LEFT,
    )
    return payer


def _counter(person: Person) -> str:
    return f"bulk:{get(person, '/v1/users/me').body['id']}"


def _bulk(
    person: Person,
    payee: Person,
    amounts: list[int],
    key: str | None = None,
    *,
    mode: str = "atomic",
    dry: bool = False,
) -> Answer:
    sides = {"source_wallet_id": person.wallet_id, "target_wallet_id": payee.wallet_id, "currency": "EUR"}
    items: list[dict[str, Any]] = [{**sides, "amount": amount} for amount in amounts]
    return post(person, f"{BULK}?dry_run=true" if dry else BULK, {"mode": mode, "items": items}, key)


def _has_left(person: Person, payee: Person, count: int) -> bool:
    """Whether a bulk of so many items passes; it takes none."""
    return _bulk(person, payee, [1] * count).status == 201


class TestItems:
    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    def test_of_dry_runs_count(self, tired: Person, payee: Person, mode: str) -> None:
        assert _bulk(tired, payee, [1, 1, 1], mode=mode, dry=True).status == 200
        refused = _bulk(tired, payee, [1, 1], mode=mode, dry=True)
        assert refusal(refused) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert posted(tired) == 100

    def test_of_refused_bulks_count(self, tired: Person, payee: Person) -> None:
        assert refusal(_bulk(tired, payee, [1, 1, 101])) == (422, "bulk_refused")
        assert refusal(_bulk(tired, payee, [1, 1])) == (429, "rate_limited")

    def test_that_move_money_do_not(self, tired: Person, payee: Person) -> None:
        for _ in range(3):
            assert _has_left(tired, payee, LEFT)
        assert posted(payee) == 3 * LEFT

    def test_of_atomic_bulks_count_though_they_move_money(
        self, payer: Person, payee: Person, admin: Person, backstage: Backstage
    ) -> None:
        fund(admin, payer.wallet_id, 100)
        taken = "INSERT INTO identity.attempt VALUES (:name, 99997, clock_timestamp() - interval '59 min')"
        backstage.sql(taken, name=f"atomic-{_counter(payer)}")
        assert _bulk(payer, payee, [1, 1], "k").status == 201
        assert refusal(_bulk(payer, payee, [1, 1])) == (429, "rate_limited")
        assert _bulk(payer, payee, [1, 1], "k").headers["idempotency-replayed"] == "true"
        assert _bulk(payer, payee, [1, 1], mode="independent").status == 201
        assert posted(payee) == 4

    def test_that_are_more_than_is_left_take_all(self, tired: Person, payee: Person) -> None:
        assert refusal(_bulk(tired, payee, [1] * (LEFT + 1))) == (429, "rate_limited")
        assert not _has_left(tired, payee, 1)

    def test_that_are_refused_alone_count_alone(self, tired: Person, payee: Person) -> None:
        for _ in range(LEFT):
            told = _bulk(tired, payee, [1, 1, 101], mode="independent").body["data"]
            assert [each["status"] for each in told] == ["completed", "completed", "failed"]
            if not _has_left(tired, payee, 3):
                break
        assert posted(payee) == 2 * 2 + 3
        assert refusal(_bulk(tired, payee, [1], mode="independent")) == (429, "rate_limited")

    def test_of_single_transfers_go_on(self, tired: Person, payee: Person) -> None:
        assert refusal(_bulk(tired, payee, [1] * (LEFT + 1))) == (429, "rate_limited")
        sides = {"source_wallet_id": tired.wallet_id, "target_wallet_id": payee.wallet_id}
        assert post(tired, "/v1/transactions/transfer", {**sides, "amount": 1, "currency": "EUR"}).status == 201

    def test_come_again_after_an_hour(self, tired: Person, payee: Person, backstage: Backstage) -> None:
        assert not _has_left(tired, payee, LEFT + 1)
        backstage.sql(
            "UPDATE identity.attempt SET window_started_at = clock_timestamp() - interval '1 hour' WHERE subject = :name",
            name=_counter(tired),
        )
        assert _has_left(tired, payee, LEFT + 1)


class TestRepeat:
    @pytest.mark.parametrize("mode", ["atomic", "independent"])
    @pytest.mark.parametrize("amounts", [[1, 1], [1, 101]])
    def test_gets_its_answer_and_gives_nothing_back(
        self, tired: Person, payee: Person, amounts: list[int], mode: str
    ) -> None:
        first = _bulk(tired, payee, amounts, "k", mode=mode)
        assert first.status in (201, 422)
        assert not _has_left(tired, payee, LEFT + 1)
        for _ in range(2):
            again = _bulk(tired, payee, amounts, "k", mode=mode)
            assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")
        assert not _has_left(tired, payee, 1)
