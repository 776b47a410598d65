"""Closing one's account: what refuses it and changes nothing, where the money goes, and money that comes meanwhile."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import enrolled, step_up
from tests.integration.leaving import ME, close, id_of, let_sign_in_age, sign_in
from tests.integration.money import (
    ABSENT_WALLET,
    balance,
    fund,
    get,
    held,
    history,
    open_wallet,
    posted,
    refusal,
    set_state,
    transfer,
    unlike,
)
from tests.integration.patience import until
from tests.integration.paying import SLOW, Backstage, card, pay
from tests.integration.people import Town

NOT_EMPTY = (409, "account_not_empty")
BAD_QUERY = (400, "invalid_parameter")
NO_WALLET = (404, "wallet_not_found")
STEP_UP = (403, "step_up_required")


@pytest.fixture
def leaver(payer: Person, admin: Person) -> Person:
    """Somebody with 10.00 EUR who wants to leave."""
    fund(admin, payer.wallet_id, 1_000)
    return payer


def unchanged(person: Person, wanted: dict[str, int]) -> None:
    assert get(person, ME).body["status"] == "active"
    assert get(person, f"/v1/wallets/{person.wallet_id}").body["state"] != "closed"
    assert balance(person) == wanted


def _two_of_a_currency(town: Town) -> str:
    return ",".join(str(town.person("EUR").wallet_id) for _ in range(2))


def _closed_wallet(town: Town, admin: Person) -> str:
    wallet_id = town.person("EUR").wallet_id
    set_state(admin, wallet_id, "deactivate")
    return wallet_id


def charge_slowly(leaver: Person) -> None:
    """A payment whose outcome nobody knows yet; a processor that has just begun may answer too late to save a card."""
    saved = until(
        lambda: leaver.client.request("POST", "/v1/payment-methods", card(SLOW)), lambda answer: answer.status == 201
    )
    assert pay(leaver, str(saved.body["id"])).status == 202


Bind = Callable[[Person, Person], Any]
# What a wallet can have, beside 10.00 EUR that somebody takes: by the person who leaves and somebody with money.
BINDS: dict[str, Bind] = {
    "a hold out of it": lambda leaver, rich: held(leaver, rich.wallet_id, 1),
    "a hold for it": lambda leaver, rich: held(rich, leaver.wallet_id, 1),
    "money for an unknown address": lambda leaver, *_: transfer(
        leaver, None, 1, target_email=f"nobody.{secrets.token_hex(6)}@example.com"
    ),
    "a payment in process": lambda leaver, *_: charge_slowly(leaver),
}


class TestRefusal:
    def test_of_money_that_nobody_takes_names_the_wallets(self, leaver: Person, payee: Person, admin: Person) -> None:
        dollars = open_wallet(leaver, "USD")
        fund(admin, dollars, 5, "USD")
        before = balance(leaver)
        answer = close(leaver)
        assert refusal(answer) == NOT_EMPTY
        assert answer.body["wallet_ids"] == sorted([leaver.wallet_id, dollars])
        answer = close(leaver, payee.wallet_id)
        assert (refusal(answer), answer.body["wallet_ids"]) == (NOT_EMPTY, [dollars])
        unchanged(leaver, before)
        assert posted(payee) == 0

    @pytest.mark.parametrize("bind", BINDS.values(), ids=list(BINDS))
    def test_of_what_still_lives(self, leaver: Person, rich: Person, bind: Bind) -> None:
        bind(leaver, rich)
        before = balance(leaver)
        answer = close(leaver, rich.wallet_id)
        assert (refusal(answer), answer.body["wallet_ids"]) == (NOT_EMPTY, [leaver.wallet_id])
        unchanged(leaver, before)

    @pytest.mark.parametrize(
        ("named", "wanted"),
        [
            ("", BAD_QUERY),
            ("wal_x", BAD_QUERY),
            (f"{ABSENT_WALLET},", BAD_QUERY),
            (f"{ABSENT_WALLET},{ABSENT_WALLET}", BAD_QUERY),
            (ABSENT_WALLET, NO_WALLET),
        ],
    )
    def test_of_what_names_no_wallet(self, leaver: Person, named: str, wanted: tuple[int, str]) -> None:
        before = balance(leaver)
        assert refusal(close(leaver, named)) == wanted
        unchanged(leaver, before)

    def test_of_a_wallet_that_cannot_take_the_money(self, leaver: Person, town: Town, admin: Person) -> None:
        before = balance(leaver)
        one, other = (str(town.person("EUR").wallet_id) for _ in range(2))
        assert refusal(close(leaver, f"{one},{other}")) == BAD_QUERY
        set_state(admin, one, "deactivate")
        answers = [close(leaver, wallet_id) for wallet_id in (one, leaver.wallet_id, ABSENT_WALLET)]
        assert [unlike(answer) for answer in answers] == [unlike(answers[-1])] * 3
        assert refusal(answers[-1]) == NO_WALLET
        unchanged(leaver, before)

    def test_of_a_query_that_the_route_does_not_know(self, leaver: Person) -> None:
        assert refusal(leaver.client.request("DELETE", f"{ME}?force=true")) == BAD_QUERY

    @pytest.mark.parametrize(("whose", "direction"), [("leaver", "both"), ("leaver", "debit"), ("payee", "credit")])
    def test_of_a_frozen_wallet_is_the_ledgers(
        self, leaver: Person, payee: Person, admin: Person, whose: str, direction: str
    ) -> None:
        frozen = (leaver if whose == "leaver" else payee).wallet_id
        set_state(admin, frozen, "freeze", direction=direction)
        before = balance(leaver)
        answer = close(leaver, payee.wallet_id)
        assert (refusal(answer), answer.body["wallet_id"]) == ((409, "wallet_frozen"), frozen)
        unchanged(leaver, before)

    def test_undoes_the_transfers_before_it(self, leaver: Person, payee: Person, admin: Person) -> None:
        """Of two wallets the second is frozen."""
        second = open_wallet(leaver, "EUR", name="second")
        fund(admin, second, 7)
        set_state(admin, second, "freeze", direction="both")
        before = len(history(leaver))
        assert refusal(close(leaver, payee.wallet_id)) == (409, "wallet_frozen")
        assert (posted(payee), posted(leaver), posted(leaver, second)) == (0, 1_000, 7)
        assert len(history(leaver)) == before, "not even a failed transaction stays"

    def test_of_more_than_goes_without_a_second_factor(self, leaver: Person, payee: Person, admin: Person) -> None:
        fund(admin, leaver.wallet_id, 1_000_000)
        before = balance(leaver)
        assert refusal(close(leaver, payee.wallet_id)) == STEP_UP
        unchanged(leaver, before)

    def test_of_wallets_that_are_more_together(self, leaver: Person, payee: Person, admin: Person, desk: Desk) -> None:
        """Each by itself goes without a second factor."""
        second = open_wallet(leaver, "EUR", name="second")
        fund(admin, second, 999_001)
        before = balance(leaver)
        assert refusal(close(leaver, payee.wallet_id)) == STEP_UP
        unchanged(leaver, before)
        assert (posted(payee), posted(leaver, second)) == (0, 999_001)
        phone, _ = enrolled(leaver)
        step_up(leaver, phone, desk)
        assert close(leaver, payee.wallet_id).status == 204
        assert posted(payee) == 1_000_001

    def test_of_an_old_sign_in(self, payer: Person, desk: Desk) -> None:
        let_sign_in_age(payer, desk)
        assert refusal(close(payer)) == STEP_UP
        sign_in(payer)
        assert close(payer).status == 204

    def test_of_a_factor_that_was_not_shown(self, payer: Person, desk: Desk) -> None:
        phone, _ = enrolled(payer)
        assert refusal(close(payer)) == STEP_UP
        step_up(payer, phone, desk)
        assert close(payer).status == 204

    def test_of_the_last_admin(self, town: Town, backstage: Backstage) -> None:
        last = town.admin()
        mine = id_of(last)
        others = backstage.sql(
            "UPDATE identity.user SET status = 'disabled' "
            "WHERE status = 'active' AND 'admin' = ANY (roles) AND id <> :id RETURNING id",
            id=mine,
        )
        try:
            assert refusal(close(last)) == (409, "last_admin")
        finally:
            for (each,) in others:
                backstage.sql("UPDATE identity.user SET status = 'active' WHERE id = :id", id=each)
        assert others, "an admin of the tests was there"
        assert close(last).status == 204
