"""What an admin names in a path is judged before PostgreSQL is asked, which takes no NUL in a text."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.transaction.limits.change_limits import remove_limits
from functions.transaction.step_up.change_limits import remove_step_up_limit
from functions.wallet import change_wallet as changing
from paycore.caller import Caller
from paycore.errors import PaymentError, SpendingLimitNotFound, StepUpLimitNotFound, WalletNotFound
from paycore.origin import Origin

ADMIN = Caller("usr_admin", "ses_1", frozenset({"admin"}))
ORIGIN = Origin("127.0.0.1", "req_1")


def _reopen(wallet_id: str) -> None:
    changing.change_wallet(ADMIN, wallet_id, "reopen", {"reason": "x"}, ORIGIN, None)


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction without a connection: who asks PostgreSQL fails otherwise."""

    def answer_once(_: object, work: Callable[[Any], Any]) -> Any:
        return work(None)

    monkeypatch.setattr(changing, "answer_once", answer_once)


class TestPath:
    @pytest.mark.parametrize("name", ["\0", "", "a", "eur", "EUR\0"])
    @pytest.mark.parametrize(
        ("ask", "refusal"),
        [
            (_reopen, WalletNotFound),
            (lambda name: remove_limits(ADMIN, "user", name, "x", ORIGIN), SpendingLimitNotFound),
            (lambda name: remove_step_up_limit(ADMIN, name, "x", ORIGIN), StepUpLimitNotFound),
        ],
        ids=["wallet", "limits", "step-up limit"],
    )
    def test_that_names_nothing_is_refused(
        self, ask: Callable[[str], None], refusal: type[PaymentError], name: str
    ) -> None:
        with pytest.raises(refusal):
            ask(name)
