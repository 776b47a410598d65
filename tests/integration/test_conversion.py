"""Quotes and conversions through the public door: a rate that an admin loads, a quote that is used once."""

import secrets
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
    post,
    posted,
    refusal,
    set_state,
    shown,
    unlike,
)
from tests.integration.paying import Backstage
from tests.integration.people import Town

ABSENT_QUOTE = "quo_" + "0" * 26


def _load(admin: Person, rate: object, source: str = "EUR", target: str = "USD", **more: Any) -> Answer:
    body = {"source_currency": source, "target_currency": target, "rate": rate, **more}
    return post(admin, "/v1/exchange-rates", body)


def _quote(person: Person, amount: object = 1000, source: str = "EUR", target: str = "USD") -> Answer:
    return post(person, "/v1/quotes", {"source_currency": source, "target_currency": target, "amount": amount})


def _convert(person: Person, quote_id: str, target: str, key: str | None = None, **changes: Any) -> Answer:
    body = {"quote_id": quote_id, "source_wallet_id": person.wallet_id, "target_wallet_id": target, **changes}
    return post(person, "/v1/transactions/convert", body, key)


@pytest.fixture
def traveller(payer: Person, admin: Person) -> tuple[Person, str]:
    """Somebody with 1,000.00 EUR and an empty USD wallet, after the rate of 1.0845 was loaded."""
    fund(admin, payer.wallet_id, 100_000)
    assert _load(admin, "1.0845").status == 201
    return payer, open_wallet(payer, "USD")


class TestRates:
    def test_are_loaded_by_admins_only(self, admin: Person, payer: Person) -> None:
        loaded = _load(admin, "1.084500")
        assert (loaded.status, loaded.body["rate"], loaded.body["object"]) == (201, "1.0845", "exchange_rate")
        assert refusal(_load(payer, "1.1")) == (403, "forbidden")

    @pytest.mark.parametrize(
        "rate", ["0", "0.0", "-1", "1e2", "1,2", "", ".5", "1.", "NaN", "1" * 13, "1." + "0" * 13, 1.1, 1, "\u0661"]
    )
    def test_refuse_what_is_no_rate(self, admin: Person, rate: object) -> None:
        assert refusal(_load(admin, rate)) == (422, "invalid_request")

    def test_are_of_two_currencies(self, admin: Person) -> None:
        assert refusal(_load(admin, "1", "EUR", "EUR")) == (422, "invalid_request")


class TestQuotes:
    def test_round_half_to_even_and_tell_the_residue(self, admin: Person, payer: Person) -> None:
        assert _load(admin, "0.5", "EUR", "CHF").status == 201
        told = [_quote(payer, amount, "EUR", "CHF").body for amount in (1, 3, 5)]
        # 0.5 rounds to 0, which is no amount; 1.5 to 2; 2.5 to 2
        assert told[0]["code"] == "amount_out_of_range"
        assert [(each["target_amount"], each["residue"]) for each in told[1:]] == [(2, "-0.5"), (2, "0.5")]

    @pytest.mark.parametrize(
        ("target", "rate", "amount"), [("JPY", "160.25", 1602), ("KWD", "0.335", 3350), ("USD", "1.1", 1100)]
    )
    def test_know_how_many_decimals_a_currency_has(
        self, admin: Person, payer: Person, target: str, rate: str, amount: int
    ) -> None:
        assert _load(admin, rate, "EUR", target).status == 201
        quoted = _quote(payer, 1000, "EUR", target)
        assert (quoted.status, quoted.body["target_amount"], quoted.body["rate"]) == (201, amount, rate)

    def test_keep_their_rate_when_a_newer_one_comes(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        assert _load(admin, "2").status == 201
        assert _convert(person, quote_id, dollars).body["conversion"]["target_amount"] == 1084
        assert _quote(person).body["target_amount"] == 2000

    def test_need_a_rate(self, payer: Person) -> None:
        assert refusal(_quote(payer, 1, "XPF", "TND")) == (422, "rate_not_available")

    @pytest.mark.parametrize("amount", [0, -1, 1.0, "1", True, 10**15 + 1])
    def test_refuse_what_is_no_amount(self, payer: Person, amount: object) -> None:
        assert refusal(_quote(payer, amount)) == (422, "invalid_request")

    def test_the_same_key_gives_the_same_one(self, traveller: tuple[Person, str]) -> None:
        person, _ = traveller
        body = {"source_currency": "EUR", "target_currency": "USD", "amount": 10}
        first, again = (post(person, "/v1/quotes", body, "q") for _ in range(2))
        assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")


class TestConvert:
    def test_changes_currency_at_the_quote(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quoted = _quote(person, 1001).body
        made = _convert(person, quoted["id"], dollars, description="Trip", metadata={"trip": "1"})
        assert (made.status, made.body["kind"], made.body["status"]) == (201, "conversion", "completed")
        told = made.body["conversion"]
        assert (told["source_amount"], told["target_amount"], told["rate"]) == (1001, 1086, "1.0845")
        assert (told["residue"], told["rounding"], told["rate_id"]) == ("-0.4155", "half_even", quoted["rate_id"])
        legs = [(leg["wallet_id"], leg["amount"], leg["balance_after"]) for leg in made.body["legs"]]
        assert legs == [(person.wallet_id, -1001, 98_999), (dollars, 1086, 1086)]
        assert (posted(person), posted(person, dollars)) == (98_999, 1086)

    def test_uses_a_quote_once_and_replays(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        first = _convert(person, quote_id, dollars, "k")
        assert refusal(_convert(person, quote_id, dollars)) == (409, "quote_used")
        assert _convert(person, quote_id, dollars, "k").raw == first.raw
        assert posted(person) == 99_000

    def test_a_refused_one_leaves_the_quote(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quote_id = _quote(person, 100_001).body["id"]
        short = _convert(person, quote_id, dollars)
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        (failed,) = history(person, "status=failed")
        assert (failed["kind"], failed["legs"]) == ("conversion", [])
        fund(admin, person.wallet_id, 1)
        assert _convert(person, quote_id, dollars).status == 201

    def test_comes_too_late_for_an_old_quote(self, traveller: tuple[Person, str], backstage: Backstage) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        backstage.sql("UPDATE ledger.quote SET expires_at = now() WHERE id = :id", id=quote_id)
        assert refusal(_convert(person, quote_id, dollars)) == (409, "quote_expired")

    def test_is_between_one_s_own_wallets(self, traveller: tuple[Person, str], town: Town) -> None:
        person, dollars = traveller
        other = town.person("USD")
        quote_id = _quote(person).body["id"]
        foreign = _convert(person, quote_id, other.wallet_id)
        assert refusal(foreign) == (404, "wallet_not_found")
        assert unlike(foreign) == unlike(_convert(person, quote_id, ABSENT_WALLET))
        assert unlike(foreign) == unlike(_convert(person, quote_id, dollars, source_wallet_id=other.wallet_id))
        theirs = _convert(other, quote_id, other.wallet_id)
        assert refusal(theirs) == (404, "quote_not_found")
        assert unlike(theirs) == unlike(_convert(other, ABSENT_QUOTE, other.wallet_id))
        assert unlike(theirs) == unlike(_convert(other, "quo_1", other.wallet_id))

    def test_goes_the_way_that_was_quoted(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        back = _convert(person, quote_id, person.wallet_id, source_wallet_id=dollars)
        assert refusal(back) == (422, "currency_mismatch")
        assert refusal(_convert(person, quote_id, person.wallet_id)) == (422, "currency_mismatch")

    @pytest.mark.parametrize(("side", "direction"), [("source", "debit"), ("target", "credit")])
    def test_stops_at_a_frozen_wallet(
        self, traveller: tuple[Person, str], admin: Person, side: str, direction: str
    ) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        frozen = person.wallet_id if side == "source" else dollars
        set_state(admin, frozen, "freeze", direction=direction)
        refused = _convert(person, quote_id, dollars)
        assert (*refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", frozen)

    def test_is_brought_back_by_an_admin_as_a_whole(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quoted = _quote(person, 1001).body
        made = _convert(person, quoted["id"], dollars).body["id"]
        # Its owner may not: an old rate would be an option for nothing.
        assert refusal(go_on(person, made, "reverse", reason="x")) == (409, "not_reversible")
        part = go_on(admin, made, "reverse", amount=1, reason="x")
        assert (*refusal(part), part.body["amount"]) == (422, "reversal_is_whole", quoted["target_amount"])
        assert _load(admin, "3").status == 201  # today's rate is nothing to it
        back = go_on(admin, made, "reverse", reason="x")
        assert (back.status, back.body["amount"], back.body["currency"]) == (201, quoted["target_amount"], "USD")
        assert (back.body["source_wallet_id"], back.body["target_wallet_id"]) == (dollars, person.wallet_id)
        assert (posted(person), posted(person, dollars)) == (100_000, 0)
        assert shown(person, made).body["status"] == "reversed"
        assert refusal(go_on(admin, made, "reverse", reason="x")) == (409, "already_reversed")

    def test_a_dry_run_keeps_the_quote(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = _quote(person).body["id"]
        body = {"quote_id": quote_id, "source_wallet_id": person.wallet_id, "target_wallet_id": dollars}
        dry = person.client.request("POST", "/v1/transactions/convert?dry_run=true", body)
        assert (dry.status, dry.body["dry_run"], dry.body["conversion"]["target_amount"]) == (200, True, 1084)
        assert shown(person, dry.body["id"]).status == 404
        assert _convert(person, quote_id, dollars, secrets.token_hex(8)).status == 201
