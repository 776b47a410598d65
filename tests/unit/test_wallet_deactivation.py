"""A closing that the database rolled back and that was tried again."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from functions.wallet import deactivate_wallet as closing
from functions.wallet import store
from functions.wallet.schemas import DeactivateWallet
from paycore import cache_entries, idempotency
from paycore.caller import Caller
from paycore.errors import Busy
from paycore.ledger.outcome import Outcome
from paycore.origin import Origin

WALLET = "wal_00000000000000000000000001"
OWNER = Caller("usr_00000000000000000000000001", "ses", frozenset({"user"}))


class TestDeactivateWallet:
    def test_tells_the_cache_of_the_try_that_was_committed_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        undone, kept = (Outcome(None, None, replayed=False) for _ in range(2))
        outcomes, ends = iter([undone, kept]), iter([Busy, None])
        told: list[Outcome] = []

        def mark_closed(*_: object, closed: bool) -> None:
            assert closed
            if (trouble := next(ends)) is not None:
                raise trouble

        for module, name, double in (
            (idempotency, "transaction", nullcontext),
            (closing, "refuse_if_overloaded", lambda: None),
            (closing, "post", lambda *_: next(outcomes)),
            (store, "mark_closed", mark_closed),
            (store, "find", lambda *_: SimpleNamespace(owner_id=OWNER.user_id)),
            (closing, "stage_event", lambda *_, **__: None),
            (closing, "wallet_body", lambda _: {"version": 2}),
            (cache_entries, "outdate", lambda _: None),
            (closing, "forget", told.append),
        ):
            monkeypatch.setattr(module, name, double)
        wanted = DeactivateWallet(reason="test")
        assert closing.deactivate_wallet(OWNER, WALLET, wanted, Origin("127.0.0.1", "req"), None).status == 200
        assert [each is kept for each in told] == [True]
