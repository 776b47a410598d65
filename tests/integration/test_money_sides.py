"""Wallets and objects over every route that moves money: one's own, open, and two where two are meant."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import (
    ABSENT_TRANSACTION,
    ABSENT_WALLET,
    fund,
    hold,
    open_wallet,
    refusal,
    set_state,
    transfer,
    unlike,
)
from tests.integration.money_routes import ROUTES, TWO_SIDED, Ask, told
from tests.integration.people import Town

# A schedule looks at the state of its wallets when it is due.
SIDES = [(path, side) for path, route in ROUTES.items() for side in route.wallets if path != "/v1/schedules"]
OF_OBJECTS = {
    "/v1/payments/{payment_id}/refunds": "pay_" + "0" * 26,
    "/v1/transactions/{transaction_id}/capture": ABSENT_TRANSACTION,
    "/v1/transactions/{transaction_id}/reverse": ABSENT_TRANSACTION,
    "/v1/transactions/{transaction_id}/void": ABSENT_TRANSACTION,
    "/v1/wallets/{wallet_id}/funds/add": ABSENT_WALLET,
    "/v1/wallets/{wallet_id}/funds/deduct": ABSENT_WALLET,
}


@pytest.fixture(scope="module")
def stranger(town: Town) -> Person:
    """Somebody who has nothing to do with it."""
    return town.person()


def wallet_of(answer: Answer) -> str:
    """Which wallet refuses."""
    return str(answer.body.get("item_facts", answer.body)["wallet_id"])


def fresh_wallet(rich: Person, other: Person, route: str, side: str) -> str:
    """An empty wallet that may stand on this side of the route's good request."""
    is_dollars = (route, side) == ("/v1/transactions/convert", "target_wallet_id")
    owner = rich if side != "target_wallet_id" or is_dollars else other
    return open_wallet(owner, "USD" if is_dollars else "EUR", name=secrets.token_hex(4))


class TestWallets:
    @pytest.mark.parametrize("route", TWO_SIDED)
    def test_of_others_are_absent(self, good: dict[str, Ask], other: Person, route: str) -> None:
        foreign = good[route].changed(source_wallet_id=other.wallet_id).send()
        assert told(foreign)[1] == "wallet_not_found"
        for side in ("source_wallet_id", "target_wallet_id"):
            assert unlike(good[route].changed(**{side: ABSENT_WALLET}).send()) == unlike(foreign), side
            for wallet_id in ("wal_1", "tx_" + "0" * 26, ""):
                answer = good[route].changed(**{side: wallet_id}).send()
                if ROUTES[route].inside:  # there a malformed id refuses the whole request
                    assert refusal(answer) == (404, "wallet_not_found"), (side, wallet_id)
                else:
                    assert unlike(answer) == unlike(foreign), (side, wallet_id)

    def test_of_others_are_absent_to_a_payment(self, good: dict[str, Ask], other: Person) -> None:
        foreign = good["/v1/payments"].changed(wallet_id=other.wallet_id).send()
        assert refusal(foreign) == (404, "wallet_not_found")
        for wallet_id in (ABSENT_WALLET, "wal_1", ""):
            assert unlike(good["/v1/payments"].changed(wallet_id=wallet_id).send()) == unlike(foreign)

    @pytest.mark.parametrize("route", TWO_SIDED)
    def test_are_two(self, good: dict[str, Ask], rich: Person, route: str) -> None:
        answer = good[route].changed(target_wallet_id=rich.wallet_id).send()
        # one wallet has one currency, and a quote has two
        expected = "currency_mismatch" if route.endswith("/convert") else "same_wallet"
        assert told(answer) == (422, expected)

    @pytest.mark.parametrize(("route", "side"), SIDES)
    def test_that_are_closed_take_and_give_nothing(
        self, good: dict[str, Ask], rich: Person, other: Person, admin: Person, route: str, side: str
    ) -> None:
        closed = fresh_wallet(rich, other, route, side)
        set_state(admin, closed, "deactivate")
        answer = good[route].changed(**{side: closed}).send()
        assert (told(answer)[1], wallet_of(answer)) == ("wallet_closed", closed)

    @pytest.mark.parametrize("is_both", [False, True])
    @pytest.mark.parametrize(("route", "side"), SIDES)
    def test_that_are_frozen_stop(
        self, good: dict[str, Ask], rich: Person, other: Person, admin: Person, route: str, side: str, is_both: bool
    ) -> None:
        frozen = fresh_wallet(rich, other, route, side)
        one = "debit" if side == "source_wallet_id" else "credit"
        set_state(admin, frozen, "freeze", direction="both" if is_both else one)
        answer = good[route].changed(**{side: frozen}).send()
        assert (told(answer)[1], wallet_of(answer)) == ("wallet_frozen", frozen)

    @pytest.mark.parametrize("spend", [transfer, hold])
    def test_that_are_frozen_stop_one_direction_only(
        self, rich: Person, other: Person, admin: Person, spend: Callable[..., Answer]
    ) -> None:
        source, target = (open_wallet(person, "EUR", name=secrets.token_hex(4)) for person in (rich, other))
        fund(admin, source, 1)
        set_state(admin, source, "freeze", direction="credit")
        set_state(admin, target, "freeze", direction="debit")
        assert spend(rich, target, 1, source_wallet_id=source).status == 201


class TestObjects:
    def test_are_all_asked_for(self) -> None:
        assert OF_OBJECTS.keys() == {path for path in ROUTES if "{" in path}

    @pytest.mark.parametrize("route", [path for path in OF_OBJECTS if "/funds/" not in path])
    def test_of_others_are_absent(self, good: dict[str, Ask], stranger: Person, route: str) -> None:
        ask = replace(good[route], person=stranger)
        foreign = ask.send()
        assert foreign.status == 404
        for object_id in (OF_OBJECTS[route], "x"):
            assert unlike(ask.elsewhere(object_id).send()) == unlike(foreign), object_id

    @pytest.mark.parametrize("route", [path for path in OF_OBJECTS if "/funds/" in path])
    def test_are_an_admin_s_affair(self, good: dict[str, Ask], rich: Person, route: str) -> None:
        assert refusal(replace(good[route], person=rich).send()) == (403, "forbidden")
        for wallet_id in (ABSENT_WALLET, "wal_1"):
            assert refusal(good[route].elsewhere(wallet_id).send()) == (404, "wallet_not_found")

    @pytest.mark.parametrize("side", ["funds/add", "funds/deduct"])
    def test_that_are_closed_or_frozen_are_not_funded(
        self, good: dict[str, Ask], rich: Person, admin: Person, side: str
    ) -> None:
        ask = good[f"/v1/wallets/{{wallet_id}}/{side}"]
        for how, code in (("deactivate", "wallet_closed"), ("freeze", "wallet_frozen")):
            wallet_id = open_wallet(rich, "EUR", name=secrets.token_hex(4))
            set_state(admin, wallet_id, how, **({"direction": "both"} if how == "freeze" else {}))
            assert refusal(ask.elsewhere(wallet_id).send()) == (409, code)
