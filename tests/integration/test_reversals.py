"""Reversals through the public door: once, by whom gives money up, never more than moved."""

from typing import Any

import pytest

from local.story import Person
from tests.integration.money import (
    fund,
    go_on,
    held,
    moved,
    post,
    posted,
    refusal,
    set_state,
    shown,
    transfer,
)
from tests.integration.paying import paid


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


class TestReverse:
    def test_brings_it_all_back_once(self, rich: Person, payee: Person) -> None:
        transfer_id = moved(rich, payee.wallet_id, 300)
        made = go_on(payee, transfer_id, "reverse", reason="wrong person")
        assert (made.status, made.body["kind"], made.body["reverses"]) == (201, "reversal", transfer_id)
        assert (made.body["source_wallet_id"], made.body["amount"]) == (payee.wallet_id, 300)
        assert (posted(rich), posted(payee)) == (1000, 0)
        assert shown(rich, transfer_id).body["status"] == "reversed"
        assert refusal(go_on(payee, transfer_id, "reverse", reason="again")) == (409, "already_reversed")

    def test_brings_parts_back_and_never_more_than_moved(self, rich: Person, payee: Person) -> None:
        transfer_id = moved(rich, payee.wallet_id, 300)
        for _ in range(2):
            assert go_on(payee, transfer_id, "reverse", amount=100, reason="part").status == 201
            assert shown(payee, transfer_id).body["status"] == "partially_reversed"
        more = go_on(payee, transfer_id, "reverse", amount=101, reason="too much")
        assert (*refusal(more), more.body["remaining"]) == (422, "reversal_exceeds_remaining", 100)
        assert go_on(payee, transfer_id, "reverse", reason="the rest").body["amount"] == 100
        assert (posted(rich), posted(payee)) == (1000, 0)

    def test_a_reversed_transfer_replays_as_completed(self, rich: Person, payee: Person) -> None:
        first = transfer(rich, payee.wallet_id, 300, "k")
        part = go_on(payee, first.body["id"], "reverse", "r", amount=100, reason="part")
        assert go_on(payee, first.body["id"], "reverse", reason="rest").status == 201
        again = transfer(rich, payee.wallet_id, 300, "k")
        assert (again.raw, again.body["status"]) == (first.raw, "completed")
        assert go_on(payee, first.body["id"], "reverse", "r", amount=100, reason="part").raw == part.raw
        assert posted(rich) == 1000

    def test_works_for_a_capture_and_for_no_hold(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 300)
        assert refusal(go_on(payee, hold_id, "reverse", reason="x")) == (409, "not_reversible")
        capture_id = go_on(payee, hold_id, "capture").body["id"]
        made = go_on(payee, capture_id, "reverse", reason="x")
        assert (made.status, made.body["reverses"]) == (201, capture_id)
        assert refusal(go_on(rich, made.body["id"], "reverse", reason="x")) == (409, "not_reversible")

    def test_is_the_receiver_s_right_and_not_the_payer_s(self, rich: Person, payee: Person, admin: Person) -> None:
        transfer_id = moved(rich, payee.wallet_id, 300)
        assert refusal(go_on(rich, transfer_id, "reverse", reason="x")) == (404, "transaction_not_found")
        made = go_on(admin, transfer_id, "reverse", reason="x")
        assert (made.status, len(made.body["legs"])) == (201, 2)

    def test_of_funds_is_an_admin_s(self, payer: Person, admin: Person) -> None:
        body = {"amount": 50, "currency": "EUR", "reason": "test"}
        added = post(admin, f"/v1/wallets/{payer.wallet_id}/funds/add", body).body["id"]
        assert refusal(go_on(payer, added, "reverse", reason="x")) == (409, "not_reversible")
        assert go_on(admin, added, "reverse", reason="x").status == 201
        assert posted(payer) == 0

    def test_of_a_card_payment_names_the_refund(self, payer: Person, admin: Person) -> None:
        payment = payer.client.request("GET", f"/v1/payments/{paid(payer, 500)}").body
        for asker in (payer, admin):
            refused = go_on(asker, payment["transaction_id"], "reverse", reason="x")
            assert refusal(refused) == (409, "not_reversible")
            assert "a card payment is given back by a refund" in refused.body["detail"]
        assert posted(payer) == 500
        assert shown(payer, payment["transaction_id"]).body["status"] == "completed"

    def test_needs_the_money_and_an_open_way(self, rich: Person, payee: Person, admin: Person) -> None:
        transfer_id = moved(rich, payee.wallet_id, 300)
        moved(payee, rich.wallet_id, 200)
        short = go_on(payee, transfer_id, "reverse", reason="x")
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 200)
        set_state(admin, payee.wallet_id, "freeze", direction="debit")
        assert refusal(go_on(payee, transfer_id, "reverse", amount=1, reason="x")) == (409, "wallet_frozen")

    @pytest.mark.parametrize(
        "body", [{}, {"reason": ""}, {"reason": "4242 4242 4242 4242"}, {"reason": "x", "amount": 0}]
    )
    def test_a_bad_body_is_refused(self, rich: Person, payee: Person, body: dict[str, Any]) -> None:
        transfer_id = moved(rich, payee.wallet_id, 1)
        assert refusal(go_on(payee, transfer_id, "reverse", **body)) == (422, "invalid_request")
