"""Two-phase money through the public door: reserved, then captured in parts, given up, or over."""

from typing import Any

import pytest

from local.story import Person
from tests.integration.money import (
    ABSENT_TRANSACTION,
    balance,
    fund,
    go_on,
    held,
    history,
    hold,
    moved,
    refusal,
    set_state,
    shown,
    unlike,
)
from tests.integration.paying import Backstage
from tests.integration.people import Town


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


class TestHold:
    def test_reserves_without_moving(self, rich: Person, payee: Person) -> None:
        made = hold(rich, payee.wallet_id, 400, description="Hotel", metadata={"room": "7"})
        assert made.status == 201
        told = {name: made.body[name] for name in ("kind", "status", "amount", "legs", "completed_at")}
        assert told == {"kind": "hold", "status": "pending", "amount": 400, "legs": [], "completed_at": None}
        assert made.body["expires_at"] > made.body["created_at"]
        assert balance(rich) == {"posted": 1000, "pending_in": 0, "pending_out": 400, "available": 600}
        assert balance(payee) == {"posted": 0, "pending_in": 400, "pending_out": 0, "available": 0}

    def test_what_is_held_cannot_be_spent_twice(self, rich: Person, payee: Person) -> None:
        held(rich, payee.wallet_id, 900)
        refused = hold(rich, payee.wallet_id, 101)
        assert refusal(refused) == (422, "insufficient_funds")
        assert (refused.body["wallet_id"], refused.body["short_by"]) == (rich.wallet_id, 1)

    def test_a_failed_one_stands_in_its_initiator_s_history_only(self, rich: Person, payee: Person) -> None:
        assert hold(rich, payee.wallet_id, 1001).status == 422
        (failed,) = history(rich, "status=failed")
        assert (failed["kind"], failed["failure_code"], failed["amount"]) == ("hold", "insufficient_funds", 1001)
        assert history(payee) == []
        assert refusal(shown(payee, failed["id"])) == (404, "transaction_not_found")
        assert shown(rich, failed["id"]).status == 200
        for how in ("capture", "void"):
            assert refusal(go_on(rich, failed["id"], how)) == (404, "transaction_not_found")

    def test_a_captured_one_replays_as_pending(self, rich: Person, payee: Person) -> None:
        first = hold(rich, payee.wallet_id, 400, "k")
        assert go_on(payee, first.body["id"], "capture").status == 201
        again = hold(rich, payee.wallet_id, 400, "k")
        assert (again.status, again.raw, again.headers["idempotency-replayed"]) == (201, first.raw, "true")
        assert again.body["status"] == "pending"
        assert balance(rich)["pending_out"] == 0

    @pytest.mark.parametrize("seconds", [0, -1, 30 * 24 * 3600 + 1, 1.0, "60", True])
    def test_has_an_end(self, rich: Person, payee: Person, seconds: object) -> None:
        assert refusal(hold(rich, payee.wallet_id, 1, expires_in=seconds)) == (422, "invalid_request")


class TestCapture:
    def test_takes_it_all_once(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400, external_id="order-1", metadata={"room": "7"})
        made = go_on(payee, hold_id, "capture")
        assert (made.status, made.body["kind"], made.body["status"]) == (201, "capture", "completed")
        assert (made.body["captures"], made.body["amount"]) == (hold_id, 400)
        assert [leg["wallet_id"] for leg in made.body["legs"]] == [payee.wallet_id]
        assert shown(rich, hold_id).body["status"] == "captured"
        assert (balance(rich)["available"], balance(payee)["posted"]) == (600, 400)
        again = go_on(payee, hold_id, "capture")
        assert refusal(again) == (409, "hold_ended")
        assert again.body["state"] == "captured"

    def test_takes_parts_until_one_is_final(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400)
        for amount in (100, 50):
            assert go_on(payee, hold_id, "capture", amount=amount, final=False).status == 201
            assert shown(rich, hold_id).body["status"] == "partially_captured"
        assert balance(rich) == {"posted": 850, "pending_in": 0, "pending_out": 250, "available": 600}
        more = go_on(payee, hold_id, "capture", amount=251)
        assert refusal(more) == (422, "capture_exceeds_hold")
        assert more.body["remaining"] == 250
        assert go_on(rich, hold_id, "capture", amount=10).status == 201
        assert shown(rich, hold_id).body["status"] == "captured"
        assert balance(rich) == {"posted": 840, "pending_in": 0, "pending_out": 0, "available": 840}

    def test_parts_that_sum_to_all_end_it(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 3)
        for _ in range(3):
            assert go_on(payee, hold_id, "capture", amount=1, final=False).status == 201
        assert shown(payee, hold_id).body["status"] == "captured"
        assert refusal(go_on(payee, hold_id, "capture", amount=1, final=False)) == (409, "hold_ended")

    def test_a_part_that_ends_the_hold_replays_as_it_was(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400)
        first = go_on(payee, hold_id, "capture", "part", amount=100, final=False)
        assert go_on(payee, hold_id, "capture", amount=300).status == 201
        again = go_on(payee, hold_id, "capture", "part", amount=100, final=False)
        assert (again.status, again.raw) == (201, first.raw)
        assert balance(payee)["posted"] == 400

    @pytest.mark.parametrize("who", ["source", "target", "admin"])
    def test_may_be_done_by_either_side_and_an_admin(
        self, rich: Person, payee: Person, admin: Person, who: str
    ) -> None:
        person = {"source": rich, "target": payee, "admin": admin}[who]
        made = go_on(person, held(rich, payee.wallet_id, 1), "capture")
        assert (made.status, len(made.body["legs"])) == (201, 2 if who == "admin" else 1)

    @pytest.mark.parametrize("how", ["capture", "void", "reverse"])
    def test_a_stranger_gets_the_404_of_an_absent_one(self, rich: Person, payee: Person, town: Town, how: str) -> None:
        body = {"reason": "x"} if how == "reverse" else {}
        stranger, hold_id = town.person(), held(rich, payee.wallet_id, 1)
        foreign = go_on(stranger, hold_id, how, **body)
        absent = go_on(stranger, ABSENT_TRANSACTION, how, **body)
        malformed = go_on(stranger, "tx_1", how, **body)
        assert refusal(foreign) == (404, "transaction_not_found")
        assert unlike(foreign) == unlike(absent) == unlike(malformed)
        assert shown(rich, hold_id).body["status"] == "pending"

    def test_the_404_frees_its_key(self, rich: Person, payee: Person, town: Town) -> None:
        stranger, hold_id = town.person(), held(rich, payee.wallet_id, 1)
        assert go_on(stranger, hold_id, "capture", "k").status == 404
        assert go_on(stranger, hold_id, "capture", "k", amount=1).status == 404

    def test_of_no_hold_is_refused(self, rich: Person, payee: Person) -> None:
        transfer_id = moved(rich, payee.wallet_id, 10)
        assert refusal(go_on(payee, transfer_id, "capture")) == (409, "not_a_hold")
        assert refusal(go_on(payee, transfer_id, "void")) == (409, "not_a_hold")

    @pytest.mark.parametrize(("side", "direction"), [("source", "debit"), ("target", "credit"), ("source", "both")])
    def test_waits_for_a_frozen_wallet(
        self, rich: Person, payee: Person, admin: Person, side: str, direction: str
    ) -> None:
        hold_id = held(rich, payee.wallet_id, 10)
        wallet_id = rich.wallet_id if side == "source" else payee.wallet_id
        set_state(admin, wallet_id, "freeze", direction=direction)
        refused = go_on(payee, hold_id, "capture")
        assert refusal(refused) == (409, "wallet_frozen")
        assert refused.body["wallet_id"] == wallet_id
        assert shown(rich, hold_id).body["status"] == "pending"
        set_state(admin, wallet_id, "unfreeze")
        assert go_on(payee, hold_id, "capture").status == 201

    def test_comes_too_late_for_an_overdue_one(self, rich: Person, payee: Person, backstage: Backstage) -> None:
        hold_id = held(rich, payee.wallet_id, 1000, expires_in=1)
        backstage.end_hold(hold_id)
        for how in ("capture", "void"):
            refused = go_on(payee, hold_id, how)
            assert (*refusal(refused), refused.body["state"]) == (409, "hold_ended", "expired")
        # a debit that lacks funds ends it first
        assert moved(rich, payee.wallet_id, 1000)
        assert shown(rich, hold_id).body["status"] == "expired"

    @pytest.mark.parametrize("changes", [{"amount": 0}, {"amount": -1}, {"final": 1}, {"final": None}, {"x": 1}])
    def test_a_bad_body_is_refused(self, payee: Person, changes: dict[str, Any]) -> None:
        assert refusal(go_on(payee, ABSENT_TRANSACTION, "capture", **changes)) == (422, "invalid_request")


class TestVoid:
    def test_gives_the_rest_back(self, rich: Person, payee: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400)
        assert go_on(payee, hold_id, "capture", amount=100, final=False).status == 201
        made = go_on(payee, hold_id, "void")
        assert (made.status, made.body["kind"], made.body["voids"], made.body["amount"]) == (201, "void", hold_id, 300)
        assert shown(rich, hold_id).body["status"] == "voided"
        assert balance(rich) == {"posted": 900, "pending_in": 0, "pending_out": 0, "available": 900}
        again = go_on(payee, hold_id, "void")
        assert (*refusal(again), again.body["state"]) == (409, "hold_ended", "voided")

    def test_is_the_receiver_s_right_and_not_the_payer_s(self, rich: Person, payee: Person, admin: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400)
        assert refusal(go_on(rich, hold_id, "void")) == (404, "transaction_not_found")
        assert go_on(admin, hold_id, "void").status == 201

    def test_works_in_every_state(self, rich: Person, payee: Person, admin: Person) -> None:
        hold_id = held(rich, payee.wallet_id, 400)
        set_state(admin, rich.wallet_id, "freeze", direction="both")
        set_state(admin, payee.wallet_id, "freeze", direction="both")
        assert go_on(payee, hold_id, "void").status == 201
