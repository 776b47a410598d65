"""Where the money of a closed account goes, and money that comes in at the same moment."""

import pytest

from local.story import Person
from tests.integration.desk import Desk
from tests.integration.leaving import at_once, close, short
from tests.integration.money import fund, get, history, open_wallet, posted, transfer
from tests.integration.people import Town


@pytest.fixture
def leaver(payer: Person, admin: Person) -> Person:
    """Somebody with 10.00 EUR who wants to leave."""
    fund(admin, payer.wallet_id, 1_000)
    return payer


class TestMoney:
    def test_goes_to_the_wallet_of_its_currency(self, leaver: Person, payee: Person, admin: Person, desk: Desk) -> None:
        more, dollars = open_wallet(leaver, "EUR", name="more"), open_wallet(leaver, "USD")
        fund(admin, more, 250)
        fund(admin, dollars, 99, "USD")
        theirs = open_wallet(payee, "USD")
        assert close(leaver, f"{payee.wallet_id},{theirs}").status == 204
        assert (posted(payee), posted(payee, theirs)) == (1_250, 99)
        arrived = [(each["kind"], each["amount"], each["source_wallet_id"]) for each in history(payee)]
        assert sorted(arrived) == sorted(
            [("transfer", 1_000, leaver.wallet_id), ("transfer", 250, more), ("transfer", 99, dollars)]
        )
        for wallet_id in (leaver.wallet_id, more, dollars):
            shown = get(admin, f"/v1/wallets/{wallet_id}").body
            assert (shown["state"], shown["balance"]["posted"]) == ("closed", 0)
        ((unclosed,),) = desk.rows(
            "SELECT count(*) FROM wallet.wallet WHERE id = ANY (:ids) AND closed_at IS NULL",
            ids=[leaver.wallet_id, more, dollars],
        )
        assert unclosed == 0

    def test_up_to_the_limit_in_each_currency_goes_without_a_second_factor(
        self, leaver: Person, payee: Person, admin: Person
    ) -> None:
        more, dollars = open_wallet(leaver, "EUR", name="more"), open_wallet(leaver, "USD")
        fund(admin, more, 999_000)
        fund(admin, dollars, 1_000_000, "USD")
        theirs = open_wallet(payee, "USD")
        assert close(leaver, f"{payee.wallet_id},{theirs}").status == 204
        assert (posted(payee), posted(payee, theirs)) == (1_000_000, 1_000_000)

    def test_that_comes_meanwhile_is_there_or_was_never_sent(self, town: Town, rich: Person, admin: Person) -> None:
        ends = set()
        for _ in range(6):
            leaver = town.person("EUR")
            answers = at_once(lambda: close(leaver), lambda: transfer(rich, leaver.wallet_id, 5))  # noqa: B023
            ends.add(tuple(map(short, answers)))
            came = 5 if answers[1].status == 201 else 0
            assert posted(admin, leaver.wallet_id) == came
            assert (answers[0].status == 204) == (came == 0)
        assert ends <= {("204", "wallet_closed"), ("account_not_empty", "201")}
