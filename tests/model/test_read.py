"""What readings of the SQL have found, each as the shortest example: once red, never again."""

from typing import Any

import pytest

from paycore.ledger.continuations import Capture, Reverse, Void
from tests.model.drawing import PLAIN, Drawn
from tests.model.examples import common, hold, verify
from tests.model.scene import Scene
from tests.model.time_passing import make_overdue


class TestLimit:
    @pytest.mark.parametrize("name", ["ann", "ben_wide"])
    def test_lowers_a_limit_although_an_overdue_hold_uses_it(self, scene: Scene, name: str) -> None:
        wallet = scene.wallets[name]
        scene.change({"action": "limit", "wallet_id": wallet, "credit_limit": 100})
        make_overdue(scene, hold(scene, name, 350))
        hold(scene, name, 20)
        scene.change({"action": "limit", "wallet_id": wallet, "credit_limit": 0})
        account = scene.oracle.book.accounts[wallet]
        assert (account.credit_limit, account.available) == (0, 280)
        verify(scene)


class TestOriginal:
    @pytest.mark.parametrize("kind", [Capture, Void, Reverse])
    def test_is_nobody_s_where_nobody_is_named(self, scene: Scene, kind: type[Any]) -> None:
        moved = Drawn(scene).move("ann", [("ben", 5)], "EUR", PLAIN)
        scene.post(moved)
        original = moved.transaction_id if kind is Reverse else hold(scene, "ann", 5)
        body = kind(**common(scene), original_id=original, allowed=None).body()
        del body["allowed"]
        assert scene.real.ask("post", body)["refusal"]["code"] == "transaction_not_found"
