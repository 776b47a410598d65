"""What a payer may make a condition of the wallet that pays: its version before, its balances after."""

import secrets

import pytest
from pg8000.exceptions import DatabaseError

from local.story import Person
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.money import balance, fund, held, hold, open_wallet, post, refusal, shown, transfer
from tests.integration.paying import Backstage


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def condition(kind: str, op: str, value: int) -> dict[str, object]:
    return {"kind": kind, "op": op, "value": value}


class TestExpectedVersion:
    def test_another_version_is_refused_with_the_present_one(self, rich: Person, payee: Person) -> None:
        version = rich.client.request("GET", f"/v1/wallets/{rich.wallet_id}").body["version"]
        refused = transfer(rich, payee.wallet_id, 1, expected_version=version + 1)
        assert (*refusal(refused), refused.body["version"]) == (409, "version_conflict", version)
        assert transfer(rich, payee.wallet_id, 1, expected_version=version).status == 201
        again = transfer(rich, payee.wallet_id, 1, expected_version=version)
        assert (*refusal(again), again.body["version"]) == (409, "version_conflict", version + 1)


# Of 1,000 posted and 900 available, with 300 to be spent: what is left, and whether that is enough.
LEFT = {
    ("transfer", "available", "at_least", 600): None,
    ("transfer", "available", "at_least", 601): 600,
    ("transfer", "available", "at_most", 599): 600,
    ("transfer", "posted", "at_least", 700): None,
    ("transfer", "posted", "at_least", 701): 700,
    ("transfer", "posted", "at_most", 700): None,
    ("transfer", "posted", "at_most", -1): 700,
    ("hold", "available", "at_least", 601): 600,
    ("hold", "posted", "at_least", 1000): None,
    ("hold", "posted", "at_most", 999): 1000,
}


class TestConditions:
    @pytest.mark.parametrize(("kind", "of", "op", "value"), LEFT)
    def test_are_about_what_the_movement_leaves(
        self, rich: Person, payee: Person, kind: str, of: str, op: str, value: int
    ) -> None:
        held(rich, payee.wallet_id, 100)
        before = balance(rich)
        ask, left = transfer if kind == "transfer" else hold, LEFT[kind, of, op, value]
        answer = ask(rich, payee.wallet_id, 300, conditions=[condition(of, op, value)])
        if left is None:
            assert answer.status == 201
            return
        assert refusal(answer) == (422, "balance_condition_failed")
        facts = {name: answer.body[name] for name in ("wallet_id", "condition", "balance")}
        assert facts == {"wallet_id": rich.wallet_id, "condition": 0, "balance": left}
        assert balance(rich) == before

    def test_count_what_waits_for_its_recipient_as_paid(self, rich: Person) -> None:
        nobody = {"target_email": f"{secrets.token_hex(8)}@nobody.example"}
        refused = transfer(rich, None, 300, **nobody, conditions=[condition("posted", "at_least", 701)])
        assert (*refusal(refused), refused.body["balance"]) == (422, "balance_condition_failed", 700)
        made = transfer(rich, None, 300, **nobody, conditions=[condition("posted", "at_least", 700)])
        assert (made.status, made.body["status"]) == (201, "pending")

    def test_all_hold_or_the_first_that_does_not_is_told(self, rich: Person, payee: Person) -> None:
        wanted = [
            condition("posted", "at_least", 0),
            condition("available", "at_most", 5),
            condition("posted", "at_most", 1),
        ]
        answer = transfer(rich, payee.wallet_id, 300, "k", conditions=wanted)
        assert (*refusal(answer), answer.body["condition"]) == (422, "balance_condition_failed", 1)
        again = transfer(rich, payee.wallet_id, 300, "k", conditions=wanted)
        assert (again.body, again.headers["idempotency-replayed"]) == (answer.body, "true")
        assert transfer(rich, payee.wallet_id, 999, conditions=wanted[:2]).status == 201

    def test_lacking_funds_are_told_before(self, rich: Person, payee: Person) -> None:
        answer = transfer(rich, payee.wallet_id, 1001, conditions=[condition("posted", "at_least", 10**15)])
        assert refusal(answer) == (422, "insufficient_funds")

    def test_count_the_whole_of_a_striped_wallet(self, rich: Person, payee: Person, admin: Person) -> None:
        assert post(admin, f"/v1/wallets/{rich.wallet_id}/stripe", {"stripes": 8, "reason": "busy"}).status == 200
        for _ in range(8):
            fund(admin, rich.wallet_id, 10)
        answer = transfer(rich, payee.wallet_id, 5, conditions=[condition("available", "at_least", 1076)])
        assert (*refusal(answer), answer.body["balance"]) == (422, "balance_condition_failed", 1075)
        assert transfer(rich, payee.wallet_id, 5, conditions=[condition("available", "at_least", 1075)]).status == 201

    def test_are_not_missed_for_the_sake_of_a_hold_that_is_over(
        self, rich: Person, payee: Person, backstage: Backstage
    ) -> None:
        hold_id = held(rich, payee.wallet_id, 500)
        backstage.end_hold(hold_id)
        assert transfer(rich, payee.wallet_id, 100, conditions=[condition("available", "at_least", 900)]).status == 201
        assert shown(rich, hold_id).body["status"] == "expired"

    def test_of_an_item_refuse_an_atomic_bulk(self, rich: Person, payee: Person) -> None:
        item = {
            "source_wallet_id": rich.wallet_id,
            "target_wallet_id": payee.wallet_id,
            "amount": 400,
            "currency": "EUR",
        }
        items = [{**item, "conditions": [condition("available", "at_least", 300)]} for _ in range(2)]
        answer = post(rich, "/v1/transactions/bulk", {"mode": "atomic", "items": items})
        assert (*refusal(answer), answer.body["index"]) == (422, "bulk_refused", 1)
        assert answer.body["reason"] == "balance_condition_failed"
        assert balance(rich)["posted"] == 1000

    def test_of_a_conversion_are_about_the_wallet_that_pays(self, rich: Person, admin: Person) -> None:
        rate = {"source_currency": "EUR", "target_currency": "USD", "rate": "1.1", "reason": "test"}
        assert post(admin, "/v1/exchange-rates", rate).status == 201
        wanted = {"source_currency": "EUR", "target_currency": "USD", "amount": 300}
        quote = post(rich, "/v1/quotes", wanted).body["id"]
        names = {"source_wallet_id": rich.wallet_id, "target_wallet_id": open_wallet(rich, "USD"), "quote_id": quote}
        refused = post(
            rich, "/v1/transactions/convert", {**names, "conditions": [condition("posted", "at_least", 701)]}
        )
        assert (*refusal(refused), refused.body["balance"]) == (422, "balance_condition_failed", 700)
        made = post(rich, "/v1/transactions/convert", {**names, "conditions": [condition("posted", "at_least", 700)]})
        assert made.status == 201

    @pytest.mark.parametrize(
        "wanted",
        [
            [],
            {},
            [{}],
            [condition("pending_in", "at_least", 0)],
            [condition("posted", "below", 0)],
            [condition("posted", "at_least", 10**15 + 1)],
            [{"kind": "posted", "op": "at_least", "value": 1.5}],
            [{"kind": "posted", "op": "at_least", "value": "1"}],
            [{**condition("posted", "at_least", 0), "wallet_id": "wal_" + "0" * 26}],
            [condition("posted", "at_least", 0)] * 5,
        ],
    )
    def test_that_are_none_are_refused(self, rich: Person, payee: Person, wanted: object) -> None:
        assert refusal(transfer(rich, payee.wallet_id, 1, conditions=wanted)) == (422, "invalid_request")

    def test_of_a_wallet_that_was_striped_in_the_moment_of_the_lock_are_asked_for_again(
        self, ledger_desk: LedgerDesk
    ) -> None:
        """Its new rows are not locked: the call is repeated, and takes them all."""
        ledger_desk.open("wide", stripes=2)
        stale = (
            "SELECT ledger.judge_conditions('{}', ROW(a.id, a.owner_id, a.kind, a.currency, 1, b.stripe, b.state, "
            "b.posted_minor, b.held_minor, b.floor_minor, 0, b.version, b.posted_at, false)::ledger.purse, 1) "
            "FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = 0 WHERE a.id = :id"
        )
        with pytest.raises(DatabaseError) as raised:
            ledger_desk.sql(stale, id=ledger_desk.names["wide"])
        assert raised.value.args[0]["C"] == "40001", "serialization_failure, which the port repeats"
