"""Bad input over every route that moves money: one table, the same words everywhere, and nothing moves."""

import json
import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import (
    ABSENT_TRANSACTION,
    ABSENT_WALLET,
    fund,
    open_wallet,
    posted,
    refusal,
    rich_person,
    set_state,
    unlike,
)
from tests.integration.people import Town

AMOUNTS = [0, -1, 1.0, "1", True, None, 10**15 + 1, 10**30, [1], {"minor": 1}]
CURRENCIES = ["eur", "EURO", "XXX", "", 978, None, "\u0415UR"]
SPENDING = ("transfer", "hold")


@pytest.fixture(scope="module")
def rich(town: Town, admin: Person) -> Person:
    """Somebody with 1,000,000 in a EUR wallet."""
    return rich_person(town, admin)


@pytest.fixture(scope="module")
def other(town: Town) -> Person:
    """The other side."""
    return town.person("EUR")


@pytest.fixture(autouse=True)
def elsewhere(rich: Person, other: Person) -> None:
    """Each test comes from addresses of its own: the limit counts addresses."""
    for person in (rich, other):
        person.client.address = f"127.{150 + secrets.randbelow(50)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"


def _paths(rich: Person, other: Person) -> dict[str, dict[str, Any]]:
    """Every money route of this service that takes an amount, with a body that is good."""
    sides = {"source_wallet_id": rich.wallet_id, "target_wallet_id": other.wallet_id}
    return {
        "transfer": {**sides, "amount": 1, "currency": "EUR"},
        "hold": {**sides, "amount": 1, "currency": "EUR"},
        f"{ABSENT_TRANSACTION}/capture": {"amount": 1},
        f"{ABSENT_TRANSACTION}/reverse": {"amount": 1, "reason": "x"},
    }


def _send(person: Person, path: str, body: object, key: str | None = None) -> Answer:
    return person.client.request("POST", f"/v1/transactions/{path}", body, key=key or secrets.token_hex(8))


class TestAmounts:
    @pytest.mark.parametrize("amount", AMOUNTS)
    def test_that_are_none_are_refused_everywhere(self, rich: Person, other: Person, amount: Any) -> None:
        before = posted(rich)
        for path, body in _paths(rich, other).items():
            if amount is None and path not in SPENDING:
                continue  # there null means: what remains
            answer = _send(rich, path, {**body, "amount": amount})
            assert refusal(answer) == (422, "invalid_request"), path
            assert answer.body["errors"][0]["param"] == "/amount"
        assert posted(rich) == before

    @pytest.mark.parametrize("text", [b"1e2", b"1E0", b"-0", b"01", b"+1", b"0x1", b"1_0", b"NaN", b"Infinity"])
    def test_are_written_as_integers(self, rich: Person, other: Person, text: bytes) -> None:
        body = json.dumps(_paths(rich, other)["transfer"]).encode().replace(b'"amount": 1', b'"amount": ' + text)
        answer = rich.client.request("POST", "/v1/transactions/transfer", raw=body, key=secrets.token_hex(8))
        assert answer.status in (400, 422)
        assert answer.body["code"] in ("invalid_json", "invalid_request")


class TestCurrencies:
    @pytest.mark.parametrize("currency", CURRENCIES)
    def test_that_are_none_are_refused(self, rich: Person, other: Person, currency: object) -> None:
        for path in SPENDING:
            answer = _send(rich, path, {**_paths(rich, other)[path], "currency": currency})
            assert refusal(answer) == (422, "invalid_request")

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", 500), ("KWD", 1234), ("CLF", 10_001)])
    def test_of_any_number_of_decimals_count_minor_units(
        self, admin: Person, payer: Person, payee: Person, currency: str, amount: int
    ) -> None:
        source, target = open_wallet(payer, currency), open_wallet(payee, currency)
        fund(admin, source, amount, currency)
        sides = {"source_wallet_id": source, "target_wallet_id": target, "currency": currency}
        short = _send(payer, "transfer", {**sides, "amount": amount + 1})
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        assert _send(payer, "transfer", {**sides, "amount": amount}).status == 201
        assert posted(payee, target) == amount

    def test_must_be_the_wallets_own(self, rich: Person, other: Person) -> None:
        yen = open_wallet(other, "JPY")
        for path in SPENDING:
            body = _paths(rich, other)[path]
            assert refusal(_send(rich, path, {**body, "currency": "USD"})) == (422, "currency_mismatch")
            assert refusal(_send(rich, path, {**body, "target_wallet_id": yen})) == (422, "currency_mismatch")


class TestWallets:
    @pytest.mark.parametrize("path", SPENDING)
    def test_of_others_are_absent(self, rich: Person, other: Person, path: str) -> None:
        body = _paths(rich, other)[path]
        foreign = _send(rich, path, {**body, "source_wallet_id": other.wallet_id, "target_wallet_id": rich.wallet_id})
        assert refusal(foreign) == (404, "wallet_not_found")
        for wallet_id in (ABSENT_WALLET, "wal_1", "tx_" + "0" * 26, ""):
            assert unlike(_send(rich, path, {**body, "source_wallet_id": wallet_id})) == unlike(foreign)
            assert unlike(_send(rich, path, {**body, "target_wallet_id": wallet_id})) == unlike(foreign)

    @pytest.mark.parametrize("path", SPENDING)
    def test_are_two(self, rich: Person, other: Person, path: str) -> None:
        body = {**_paths(rich, other)[path], "target_wallet_id": rich.wallet_id}
        assert refusal(_send(rich, path, body)) == (422, "same_wallet")

    @pytest.mark.parametrize("path", SPENDING)
    @pytest.mark.parametrize("side", ["source", "target"])
    def test_that_are_closed_take_and_give_nothing(
        self, rich: Person, other: Person, admin: Person, path: str, side: str
    ) -> None:
        owner = rich if side == "source" else other
        closed = open_wallet(owner, "EUR", name=secrets.token_hex(4))
        set_state(admin, closed, "deactivate")
        answer = _send(rich, path, {**_paths(rich, other)[path], f"{side}_wallet_id": closed})
        assert (*refusal(answer), answer.body["wallet_id"]) == (409, "wallet_closed", closed)

    @pytest.mark.parametrize("path", SPENDING)
    @pytest.mark.parametrize(
        ("side", "direction", "stops"),
        [
            ("source", "debit", True), ("source", "credit", False), ("source", "both", True),
            ("target", "credit", True), ("target", "debit", False), ("target", "both", True),
        ],
    )  # fmt: skip
    def test_that_are_frozen_stop_one_direction(
        self, payer: Person, payee: Person, admin: Person, path: str, side: str, direction: str, stops: bool
    ) -> None:
        fund(admin, payer.wallet_id, 1)
        frozen = payer.wallet_id if side == "source" else payee.wallet_id
        set_state(admin, frozen, "freeze", direction=direction)
        answer = _send(payer, path, _paths(payer, payee)[path])
        if stops:
            assert (*refusal(answer), answer.body["wallet_id"]) == (409, "wallet_frozen", frozen)
        else:
            assert answer.status == 201
