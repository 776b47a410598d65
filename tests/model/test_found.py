"""What the sequences, and writing their oracle, have found, each as the shortest example: once red, never again."""

from dataclasses import replace
from typing import Any

import pytest

from paycore.ledger.commands import Convert, Hold, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.money import Money
from tests.model.drawing import PLAIN, Drawn, Manner
from tests.model.examples import common, hold, verify
from tests.model.quoting import ask_quote
from tests.model.real import LIMITS, PER_TRANSACTION
from tests.model.scene import NEAR, WALLETS, Scene


def _limit(scene: Scene, credit_limit: int) -> None:
    scene.change({"action": "limit", "wallet_id": scene.wallets["ben_wide"], "credit_limit": credit_limit})


def _convert(scene: Scene, person: str, source: str, target: str, refused: str | None = None) -> str:
    """102 minor units at the rate that all sequences share; the conversion's id. `refused`: the code that is expected."""
    owner = scene.people[person]
    quote_id = ask_quote(scene, person, (WALLETS[source][1], WALLETS[target][1]), 102)
    sides = [Wallet(scene.wallets[name], owned_by=owner) for name in (source, target)]
    asked = common(scene) | {"actor_id": owner}
    answer = scene.post(Convert(**asked, quote_id=quote_id, source=sides[0], target=sides[1]))
    assert (answer.refusal and answer.refusal[0]) == refused
    return str(asked["transaction_id"])


class TestDryRun:
    @pytest.mark.parametrize("kind", [Capture, Void, Reverse])
    def test_of_what_is_refused_tells_the_refusal(self, scene: Scene, kind: type[Any]) -> None:
        moved = Drawn(scene).move("ann", [("ben", 5)], "EUR", PLAIN)
        scene.post(moved)
        held = hold(scene, "ann", 5)
        original = held if kind is Reverse else moved.transaction_id
        answer = scene.post(kind(**common(scene, dry_run=True), original_id=original, allowed=None))
        assert answer.refusal is not None


class TestStripedWallet:
    def test_expects_the_version_of_the_whole(self, scene: Scene) -> None:
        version = scene.oracle.book.accounts[scene.wallets["ben_wide"]].version
        command = Drawn(scene).move("ben_wide", [("ann", 5)], "EUR", PLAIN)
        assert scene.post(replace(command, expected_version=version)).refusal is None
        again = replace(command, expected_version=version, **common(scene))
        refusal = scene.post(again).refusal
        assert refusal is not None
        assert refusal[0] == "version_conflict"

    def test_lowers_a_limit_that_only_its_first_stripe_uses(self, scene: Scene) -> None:
        wallet = scene.wallets["ben_wide"]
        _limit(scene, 500)
        scene.post(Drawn(scene).move("ben_wide", [("ann", 700)], "EUR", PLAIN))  # more than any stripe has: all gather
        for _ in range(8):  # a credit takes a random stripe
            scene.post(Drawn(scene).funds("ben_wide", 50, "EUR", PLAIN, added=True))
        scene.change({"action": "limit", "wallet_id": wallet, "credit_limit": 0})
        assert scene.oracle.book.accounts[wallet].credit_limit == 0
        verify(scene)

    def test_keeps_a_limit_that_it_uses_as_a_whole(self, scene: Scene) -> None:
        _limit(scene, 500)
        scene.post(Drawn(scene).move("ben_wide", [("ann", 700)], "EUR", PLAIN))
        scene.post(Drawn(scene).funds("ben_wide", 50, "EUR", PLAIN, added=True))
        _limit(scene, 349)
        assert scene.oracle.book.accounts[scene.wallets["ben_wide"]].credit_limit == 500
        _limit(scene, 350)
        assert scene.oracle.book.accounts[scene.wallets["ben_wide"]].credit_limit == 350

    def test_closes_although_an_overdue_hold_lies_on_any_stripe(self, scene: Scene) -> None:
        for _ in range(6):  # a credit takes a random stripe, and a hold one that suffices
            scene.post(Drawn(scene).funds("ben_wide", 50, "EUR", PLAIN, added=True))
            held = hold(scene, "ben_wide", 40)
            scene.oracle.book.holds[held].overdue = True
            past = "UPDATE ledger.hold SET expires_at = clock_timestamp() WHERE transaction_id = :id"
            scene.real.sql(past, id=held)
        wallet, heir = Wallet(scene.wallets["ben_wide"]), scene.wallets["ben"]
        assert scene.post(Close(**common(scene), wallet=wallet, sweep_to=heir)).refusal is None


class TestDuplicate:
    def test_is_not_counted_as_spent(self, scene: Scene) -> None:
        manner = Manner(False, None, "same", False, "once", None, "user")
        scene.post(Drawn(scene).move("ann", [("ben", 100)], "EUR", manner))
        refused = scene.post(Drawn(scene).move("ann", [("ben", 100)], "EUR", manner)).refusal
        assert refused is not None
        assert refused[0] == "duplicate_external_id"
        query = "SELECT day_minor FROM ledger.spending WHERE owner_id = :id"
        assert scene.real.sql(query, id=scene.people["ann"]) == [[100]]

    def test_external_id_is_free_after_a_limit_refused_it(self, scene: Scene) -> None:
        scene.change({"action": "limit", "wallet_id": scene.wallets["ann"], "credit_limit": 2 * PER_TRANSACTION})
        manner = Manner(False, None, "same", False, "free", None, "user")
        above = PER_TRANSACTION + 1
        refused = scene.post(Drawn(scene).move("ann", [("ben", above)], "EUR", manner)).refusal
        assert refused is not None
        assert refused[0] == "limit_exceeded"
        assert scene.post(Drawn(scene).move("ann", [("ben", 1)], "EUR", manner)).refusal is None


class TestBulk:
    def test_of_which_an_item_comes_too_early_is_refused_as_that_item(self, scene: Scene) -> None:
        attempts = int(LIMITS.per_hour or 0)
        limited = replace(PLAIN, role="user")
        items = tuple(Drawn(scene).move("ann", [("ben", 1)], "EUR", limited) for _ in range(attempts + 1))
        for count, refusal in ((attempts + 1, ("rate_limited", {"index": attempts})), (attempts, None)):
            answer = scene.post(Bulk(**common(scene), mode="atomic", items=items[:count]))
            assert answer.refusal == refusal


class TestConversion:
    def test_opens_our_accounts_each_in_its_currency(self, scene: Scene) -> None:
        _convert(scene, "ann", "ann", "ann_usd")
        _convert(scene, "ben", "ben", "ben_jpy")

    def test_lacks_funds_before_it_is_out_of_range(self, scene: Scene) -> None:
        scene.enrich("ben_rich")
        scene.post(Drawn(scene).funds("ben_rich", NEAR, "EUR", PLAIN, added=True))
        for added, code in ((False, "insufficient_funds"), (True, "balance_out_of_range")):
            scene.post(Drawn(scene).funds("ben_usd", 290, "USD", PLAIN, added=added))
            _convert(scene, "ben", "ben_usd", "ben_rich", refused=code)


class TestReversal:
    def test_of_a_split_takes_from_each_what_it_still_has_of_it(self, scene: Scene) -> None:
        split = Drawn(scene).move("ann", [("ben", 1), ("ben_wide", 2), ("cat", 4)], "EUR", PLAIN)
        scene.post(split)
        back: dict[str, Any] = {"original_id": split.transaction_id, "allowed": None}
        for amount, parts in ((1, [1]), (3, [1, 1, 1]), (3, [1, 2]), (1, None)):
            answer = scene.post(Reverse(**common(scene), **back, amount=amount))
            assert (answer.refusal is not None) == (parts is None)
            assert not answer.transaction or [part for _, part in answer.transaction["splits"]] == parts
        verify(scene)

    def test_of_a_conversion_is_whole_and_gives_the_rounding_back(self, scene: Scene) -> None:
        converted = _convert(scene, "ann", "ann", "ann_usd")  # 110.67: 110 and a rounded 1
        back: dict[str, Any] = {"original_id": converted, "allowed": None}
        for amount, code in ((110, "reversal_is_whole"), (None, None), (111, "already_reversed")):
            answer = scene.post(Reverse(**common(scene), **back, amount=amount))
            assert (answer.refusal and answer.refusal[0]) == code
        assert all(account.posted == 0 for name, account in scene.oracle.book.accounts.items() if "rounding" in name)
        verify(scene)

    def test_of_a_split_needs_all_givers(self, scene: Scene) -> None:
        split = Drawn(scene).move("ann", [("ben", 50), ("cat", 100)], "EUR", PLAIN)
        scene.post(split)
        scene.post(Drawn(scene).move("cat", [("ann", 350)], "EUR", PLAIN))
        answer = scene.post(Reverse(**common(scene), original_id=split.transaction_id, allowed=None))
        assert answer.refusal is not None
        assert answer.refusal[0] == "insufficient_funds"


class TestClaim:
    def test_of_the_rest_of_a_hold_goes_to_who_claimed_it_first(self, scene: Scene) -> None:
        money, source = Money(20, "EUR"), Wallet(scene.wallets["ann"])
        held = Hold(**common(scene), money=money, source=source, target=None)
        scene.post(held)
        for name, final in (("ben", False), ("cat", True)):
            target = Wallet(scene.wallets[name])
            claim: dict[str, Any] = {"original_id": held.transaction_id, "allowed": None, "amount": 10, "final": final}
            scene.post(Capture(**common(scene), **claim, target=target))
        assert scene.oracle.book.accounts[scene.wallets["ben"]].posted == 320
