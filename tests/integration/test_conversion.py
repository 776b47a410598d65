"""Conversions through the public door: a quote is used once, and what it made comes back as a whole or not at all."""

import secrets

import pytest

from local.story import Person
from tests.integration.converting import convert, load, quote
from tests.integration.money import (
    ABSENT_WALLET,
    fund,
    go_on,
    history,
    moved,
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


class TestConvert:
    def test_changes_currency_at_the_quote(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quoted = quote(person, 1001).body
        made = convert(person, quoted["id"], dollars, description="Trip", metadata={"trip": "1"})
        assert (made.status, made.body["kind"], made.body["status"]) == (201, "conversion", "completed")
        told = made.body["conversion"]
        assert (told["source_amount"], told["target_amount"], told["rate"]) == (1001, 1086, "1.0845")
        assert (told["residue"], told["rounding"], told["rate_id"]) == ("-0.4155", "half_even", quoted["rate_id"])
        legs = [(leg["wallet_id"], leg["amount"], leg["balance_after"]) for leg in made.body["legs"]]
        assert legs == [(person.wallet_id, -1001, 98_999), (dollars, 1086, 1086)]
        assert (posted(person), posted(person, dollars)) == (98_999, 1086)

    def test_of_less_than_a_unit_is_paid_by_our_rounding_alone(
        self, payer: Person, admin: Person, backstage: Backstage
    ) -> None:
        fund(admin, payer.wallet_id, 1)
        assert load(admin, "0.996", "EUR", "SEK").status == 201
        crowns = open_wallet(payer, "SEK")
        made = convert(payer, quote(payer, 1, "EUR", "SEK").body["id"], crowns)
        assert (made.status, made.body["conversion"]["residue"]) == (201, "-0.004")
        assert (posted(payer), posted(payer, crowns)) == (0, 1)
        ((legs,),) = backstage.sql("SELECT legs FROM ledger.transaction WHERE id = :id", id=made.body["id"])
        assert [(leg["account_id"], leg["amount"]) for leg in legs] == [
            (payer.wallet_id, -1), ("sys_fx_eur", 1), ("sys_rounding_sek", -1), (crowns, 1),
        ]  # fmt: skip

    def test_uses_a_quote_once_and_replays(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        first = convert(person, quote_id, dollars, "k")
        assert refusal(convert(person, quote_id, dollars)) == (409, "quote_used")
        assert convert(person, quote_id, dollars, "k").raw == first.raw
        assert posted(person) == 99_000

    def test_a_refused_one_leaves_the_quote(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quote_id = quote(person, 100_001).body["id"]
        short = convert(person, quote_id, dollars)
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        (failed,) = history(person, "status=failed")
        assert (failed["kind"], failed["legs"]) == ("conversion", [])
        fund(admin, person.wallet_id, 1)
        assert convert(person, quote_id, dollars).status == 201

    def test_comes_too_late_for_an_old_quote(self, traveller: tuple[Person, str], backstage: Backstage) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        backstage.sql("UPDATE ledger.quote SET expires_at = now() WHERE id = :id", id=quote_id)
        assert refusal(convert(person, quote_id, dollars)) == (409, "quote_expired")

    def test_is_between_one_s_own_wallets(self, traveller: tuple[Person, str], town: Town) -> None:
        person, dollars = traveller
        other = town.person("USD")
        quote_id = quote(person).body["id"]
        foreign = convert(person, quote_id, other.wallet_id)
        assert refusal(foreign) == (404, "wallet_not_found")
        assert unlike(foreign) == unlike(convert(person, quote_id, ABSENT_WALLET))
        assert unlike(foreign) == unlike(convert(person, quote_id, dollars, source_wallet_id=other.wallet_id))
        theirs = convert(other, quote_id, other.wallet_id)
        assert refusal(theirs) == (404, "quote_not_found")
        assert unlike(theirs) == unlike(convert(other, ABSENT_QUOTE, other.wallet_id))
        assert unlike(theirs) == unlike(convert(other, "quo_1", other.wallet_id))

    def test_goes_the_way_that_was_quoted(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        back = convert(person, quote_id, person.wallet_id, source_wallet_id=dollars)
        assert refusal(back) == (422, "currency_mismatch")
        assert refusal(convert(person, quote_id, person.wallet_id)) == (422, "currency_mismatch")

    @pytest.mark.parametrize(("side", "direction"), [("source", "debit"), ("target", "credit")])
    def test_stops_at_a_frozen_wallet(
        self, traveller: tuple[Person, str], admin: Person, side: str, direction: str
    ) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        frozen = person.wallet_id if side == "source" else dollars
        set_state(admin, frozen, "freeze", direction=direction)
        refused = convert(person, quote_id, dollars)
        assert (*refusal(refused), refused.body["wallet_id"]) == (409, "wallet_frozen", frozen)

    @pytest.mark.parametrize("side", ["source", "target"])
    def test_stops_at_a_closed_wallet(self, traveller: tuple[Person, str], side: str) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        closed = person.wallet_id if side == "source" else dollars
        heir = {"sweep_to": open_wallet(person, "EUR", name="Heir")} if side == "source" else {}
        gone = post(person, f"/v1/wallets/{closed}/deactivate", heir)
        assert gone.status == 200, gone.raw
        refused = convert(person, quote_id, dollars)
        assert (*refusal(refused), refused.body["wallet_id"]) == (409, "wallet_closed", closed)

    def test_that_is_spent_cannot_be_brought_back(
        self, traveller: tuple[Person, str], admin: Person, town: Town
    ) -> None:
        person, dollars = traveller
        made = convert(person, quote(person).body["id"], dollars).body
        moved(person, town.person("USD").wallet_id, 1, source_wallet_id=dollars, currency="USD")
        back = go_on(admin, made["id"], "reverse", reason="x")
        assert (*refusal(back), back.body["short_by"]) == (422, "insufficient_funds", 1)
        assert shown(person, made["id"]).body["status"] == "completed"

    def test_is_brought_back_by_an_admin_as_a_whole(self, traveller: tuple[Person, str], admin: Person) -> None:
        person, dollars = traveller
        quoted = quote(person, 1001).body
        made = convert(person, quoted["id"], dollars).body["id"]
        # Its owner may not: an old rate would be an option for nothing.
        assert refusal(go_on(person, made, "reverse", reason="x")) == (409, "not_reversible")
        part = go_on(admin, made, "reverse", amount=1, reason="x")
        assert (*refusal(part), part.body["amount"]) == (422, "reversal_is_whole", quoted["target_amount"])
        assert load(admin, "3").status == 201  # today's rate is nothing to it
        back = go_on(admin, made, "reverse", reason="x")
        assert (back.status, back.body["amount"], back.body["currency"]) == (201, quoted["target_amount"], "USD")
        assert (back.body["source_wallet_id"], back.body["target_wallet_id"]) == (dollars, person.wallet_id)
        assert (posted(person), posted(person, dollars)) == (100_000, 0)
        assert shown(person, made).body["status"] == "reversed"
        assert refusal(go_on(admin, made, "reverse", reason="x")) == (409, "already_reversed")

    def test_a_dry_run_keeps_the_quote(self, traveller: tuple[Person, str]) -> None:
        person, dollars = traveller
        quote_id = quote(person).body["id"]
        body = {"quote_id": quote_id, "source_wallet_id": person.wallet_id, "target_wallet_id": dollars}
        dry = person.client.request("POST", "/v1/transactions/convert?dry_run=true", body)
        assert (dry.status, dry.body["dry_run"], dry.body["conversion"]["target_amount"]) == (200, True, 1084)
        assert shown(person, dry.body["id"]).status == 404
        assert convert(person, quote_id, dollars, secrets.token_hex(8)).status == 201
