"""While the system is behind, nothing new begins to move money: refused before a statement is sent."""

from collections.abc import Callable

import pytest

from functions.payment.pay import pay
from functions.payment.refund import refund
from functions.payment.schemas import Pay, Refund
from functions.transaction import transfer as transfers
from functions.transaction.schedules import run_due
from functions.transaction.schemas import TransferRequest
from functions.wallet.deactivate_wallet import deactivate_wallet
from functions.wallet.schemas import DeactivateWallet
from paycore.caller import Caller
from paycore.errors import Overloaded
from paycore.ledger import pressure
from paycore.ledger.pressure import Pressure
from paycore.origin import Origin
from paycore.outbox import Probe
from paycore.request_key import RequestKey

PERSON = Caller("usr_00000000000000000000000001", "ses", frozenset({"user"}))
KEY = RequestKey(PERSON.user_id, "POST /", "key", "fingerprint", "req")
HERE = Origin("127.0.0.1", "req")
WALLET = "wal_00000000000000000000000001"
SENT = {"source_wallet_id": WALLET, "target_email": "nobody@example.com", "amount": 1, "currency": "EUR"}
PAID = {"payment_method_id": "pm_00000000000000000000000001", "wallet_id": WALLET, "amount": 1, "currency": "EUR"}
BEGINNINGS: dict[str, Callable[[], object]] = {
    "a payment": lambda: pay(PERSON, Pay.model_validate(PAID), KEY),
    "a refund": lambda: refund(PERSON, "pay_00000000000000000000000001", Refund(), KEY),
    "a transfer to an address": lambda: transfers.transfer(PERSON, TransferRequest.model_validate(SENT), KEY),
    "a closing": lambda: deactivate_wallet(PERSON, WALLET, DeactivateWallet(reason="test"), HERE, KEY),
    "a due schedule": lambda: run_due._run_next("sch_00000000000000000000000001"),
}


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_waits(beginning: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "_pressure", Pressure())
    monkeypatch.setattr(pressure, "probe", lambda: Probe(61, 0))
    monkeypatch.setattr(transfers, "one_statement", lambda _: None)  # nobody is known to have the address
    with pytest.raises(Overloaded):
        BEGINNINGS[beginning]()
