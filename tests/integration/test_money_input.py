"""Bad input over every route that moves money: one table, the same words everywhere, and nothing moves."""

import json
import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import fund, hold, open_wallet, posted, refusal, transfer, unlike
from tests.integration.money_routes import ROUTES, TWO_SIDED, Ask, documented_routes, told
from tests.integration.paying import pay, save_card

AMOUNTS = [0, -1, 1.0, "1", True, None, 10**15 + 1, 10**30, [1], {"minor": 1}]
CURRENCIES = ["eur", "EU", "EURO", "EUR\n", "XXX", "XAU", "XTS", "DEM", "", 978, None, "\u0415UR"]
METADATA: list[Any] = [
    {f"k{place}": "v" for place in range(51)}, {"k" * 41: "v"}, {"k": "v" * 501}, {"": "v"}, {"a b": "v"},
    {"k": 1}, {"k": None}, {"k": {"a": "b"}}, [], "x", None,
    {"card": "4242424242424242"}, {"card": "my 4242 4242-4242 4242"}, {"4242424242424242": "card"},
]  # fmt: skip
TEXTS = ["", " ", "\x00", "\ud800", "a\u202eb", "x" * 501, "my 4242 4242-4242 4242", 7]

WITH_AMOUNT = [path for path, route in ROUTES.items() if route.amount]
WITH_CURRENCY = [path for path, route in ROUTES.items() if route.currency]
WITH_METADATA = [path for path, route in ROUTES.items() if route.metadata]
WITH_TEXT = [path for path, route in ROUTES.items() if route.text]


def expect_invalid(answer: Answer, route: str, field: str) -> None:
    assert refusal(answer) == (422, "invalid_request")
    assert answer.body["errors"][0]["param"] == f"{ROUTES[route].inside}/{field}"
    assert "4242" not in str(unlike(answer))  # a request id may have it by chance


class TestRoutes:
    def test_are_those_that_need_a_key(self) -> None:
        assert ROUTES.keys() == documented_routes()


class TestAmounts:
    @pytest.mark.parametrize("route", WITH_AMOUNT)
    def test_that_are_none_are_refused(self, good: dict[str, Ask], rich: Person, route: str) -> None:
        before = posted(rich)
        for amount in AMOUNTS:
            if amount is not None or ROUTES[route].amount_needed:  # else null means: what remains
                expect_invalid(good[route].changed(amount=amount).send(), route, "amount")
        assert posted(rich) == before

    @pytest.mark.parametrize("text", [b"1e2", b"1E0", b"-0", b"01", b"+1", b"0x1", b"1_0", b"NaN", b"Infinity"])
    def test_are_written_as_integers(self, good: dict[str, Ask], text: bytes) -> None:
        ask = good["/v1/transactions/transfer"]
        body = json.dumps(ask.body).encode().replace(b'"amount": 1', b'"amount": ' + text)
        answer = ask.person.client.request("POST", ask.path, raw=body, key=secrets.token_hex(8))
        assert answer.status in (400, 422)
        assert answer.body["code"] in ("invalid_json", "invalid_request")


class TestCurrencies:
    @pytest.mark.parametrize("route", WITH_CURRENCY)
    def test_that_are_none_are_refused(self, good: dict[str, Ask], route: str) -> None:
        for currency in CURRENCIES:
            expect_invalid(good[route].changed(currency=currency).send(), route, "currency")

    @pytest.mark.parametrize("route", WITH_CURRENCY)
    def test_must_be_the_wallets_own(self, good: dict[str, Ask], route: str) -> None:
        assert told(good[route].changed(currency="USD").send()) == (422, "currency_mismatch")

    @pytest.mark.parametrize("route", [path for path in TWO_SIDED if path in WITH_CURRENCY])
    def test_must_be_the_other_wallet_s_too(self, good: dict[str, Ask], other: Person, route: str) -> None:
        yen = open_wallet(other, "JPY", name=secrets.token_hex(4))
        assert told(good[route].changed(target_wallet_id=yen).send()) == (422, "currency_mismatch")

    @pytest.mark.parametrize(("currency", "amount"), [("JPY", 500), ("KWD", 1234), ("CLF", 10_001)])
    def test_of_any_number_of_decimals_count_minor_units(
        self, admin: Person, rich: Person, other: Person, currency: str, amount: int
    ) -> None:
        source, target = (open_wallet(person, currency, name=secrets.token_hex(4)) for person in (rich, other))
        fund(admin, source, amount, currency)
        changes = {"source_wallet_id": source, "currency": currency}
        short = transfer(rich, target, amount + 1, **changes)
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        assert hold(rich, target, 1, **changes).status == 201
        assert transfer(rich, target, amount - 1, **changes).status == 201
        assert posted(other, target) == amount - 1
        assert pay(rich, save_card(rich), amount, currency=currency, wallet_id=source).status == 201
        assert posted(rich, source) == amount + 1  # of which 1 is held


class TestNotes:
    @pytest.mark.parametrize("route", WITH_METADATA)
    def test_beyond_the_limits_are_refused(self, good: dict[str, Ask], route: str) -> None:
        for metadata in METADATA:
            answer = good[route].changed(metadata=metadata).send()
            assert refusal(answer) == (422, "invalid_request"), metadata
            assert "4242" not in str(unlike(answer))

    @pytest.mark.parametrize("route", WITH_TEXT)
    def test_that_are_no_text_are_refused(self, good: dict[str, Ask], route: str) -> None:
        name = ROUTES[route].text or ""
        for text in TEXTS:
            expect_invalid(good[route].changed(**{name: text}).send(), route, name)
