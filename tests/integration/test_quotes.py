"""Rates and quotes through the public door: an admin loads a rate, and a quote keeps it for a while."""

import pytest

from local.story import Person
from tests.integration.converting import convert, load, quote
from tests.integration.money import post, refusal


class TestRates:
    def test_are_loaded_by_admins_only(self, admin: Person, payer: Person) -> None:
        loaded = load(admin, "1.084500")
        assert (loaded.status, loaded.body["rate"], loaded.body["object"]) == (201, "1.0845", "exchange_rate")
        assert refusal(load(payer, "1.1")) == (403, "forbidden")

    @pytest.mark.parametrize(
        "rate", ["0", "0.0", "-1", "1e2", "1,2", "", ".5", "1.", "NaN", "1" * 13, "1." + "0" * 13, 1.1, 1, "\u0661"]
    )
    def test_refuse_what_is_no_rate(self, admin: Person, rate: object) -> None:
        assert refusal(load(admin, rate)) == (422, "invalid_request")

    def test_are_of_two_currencies(self, admin: Person) -> None:
        assert refusal(load(admin, "1", "EUR", "EUR")) == (422, "invalid_request")


class TestQuotes:
    def test_round_half_to_even_and_tell_the_residue(self, admin: Person, payer: Person) -> None:
        assert load(admin, "0.5", "EUR", "CHF").status == 201
        told = [quote(payer, amount, "EUR", "CHF").body for amount in (203, 205)]
        assert [(each["target_amount"], each["residue"]) for each in told] == [(102, "-0.5"), (102, "0.5")]

    @pytest.mark.parametrize(
        ("amount", "told"),
        [
            (1, "conversion_too_small"),  # 0.5 would be 0, which is no amount
            (3, "conversion_too_small"),  # 1.5 would be 2
            (197, "conversion_too_small"),  # 98.5 would be 98
            (199, "conversion_too_small"),  # 99.5 would be 100: 0.503 % more
            (201, 100),  # 100.5 is 100: 0.498 % less
            (2, 1),  # nothing to round
        ],
    )
    def test_round_by_no_more_than_half_a_percent(
        self, admin: Person, payer: Person, amount: int, told: object
    ) -> None:
        assert load(admin, "0.5", "EUR", "CHF").status == 201
        body = quote(payer, amount, "EUR", "CHF").body
        assert body.get("target_amount", body.get("code")) == told

    def test_refuse_what_no_movement_may_carry(self, admin: Person, payer: Person) -> None:
        assert load(admin, "3", "EUR", "CHF").status == 201
        assert refusal(quote(payer, 10**15, "EUR", "CHF")) == (422, "amount_out_of_range")

    @pytest.mark.parametrize(
        ("target", "rate", "amount"), [("JPY", "160.25", 1602), ("KWD", "0.335", 3350), ("USD", "1.1", 1100)]
    )
    def test_know_how_many_decimals_a_currency_has(
        self, admin: Person, payer: Person, target: str, rate: str, amount: int
    ) -> None:
        assert load(admin, rate, "EUR", target).status == 201
        quoted = quote(payer, 1000, "EUR", target)
        assert (quoted.status, quoted.body["target_amount"], quoted.body["rate"]) == (201, amount, rate)

    def test_keep_their_rate_when_a_newer_one_comes(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        assert load(admin, "2").status == 201
        assert convert(person, quote_id, dollars).body["conversion"]["target_amount"] == 1084
        assert quote(person).body["target_amount"] == 2000

    def test_need_a_rate(self, payer: Person) -> None:
        assert refusal(quote(payer, 1, "XPF", "TND")) == (422, "rate_not_available")

    @pytest.mark.parametrize("amount", [0, -1, 1.0, "1", True, 10**15 + 1])
    def test_refuse_what_is_no_amount(self, payer: Person, amount: object) -> None:
        assert refusal(quote(payer, amount)) == (422, "invalid_request")

    def test_the_same_key_gives_the_same_one(self, traveller: tuple[Person, str]) -> None:
        person, _ = traveller
        body = {"source_currency": "EUR", "target_currency": "USD", "amount": 1000}
        first, again = (post(person, "/v1/quotes", body, "q") for _ in range(2))
        assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")
