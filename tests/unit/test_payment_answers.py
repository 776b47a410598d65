"""The answer that the state of a payment or refund is."""

from types import SimpleNamespace
from typing import Any

import pytest

from functions.payment.movements import CARD_WORLD, movement
from functions.payment.render import payment_reply, refund_reply
from paycore.errors import PaymentDeclined, RefundDeclined
from paycore.idempotency import Answer
from paycore.ledger.commands import System, Wallet
from paycore.money import Money


def _row(**state: Any) -> Any:
    """A row as the store reads it."""
    columns = (
        "id owner_id wallet_id method_id payment_id currency amount_minor captured_minor refunded_minor status "
        "decline_code transaction_id description metadata reason created_at updated_at"
    )
    return SimpleNamespace(**{**dict.fromkeys(columns.split()), "id": "x", **state})


class TestPaymentReply:
    @pytest.mark.parametrize(
        ("state", "status"),
        [
            ({"status": "succeeded", "transaction_id": "tx_1"}, 201),
            ({"status": "partially_refunded", "transaction_id": "tx_1"}, 201),
            ({"status": "refunded", "transaction_id": "tx_1"}, 201),
            ({"status": "processing"}, 202),
            ({"status": "requires_review"}, 202),
        ],
        ids=str,
    )
    def test_is_201_once_the_wallet_is_credited(self, state: dict[str, Any], status: int) -> None:
        reply = payment_reply(_row(**state))
        assert isinstance(reply, Answer)
        assert (reply.status, reply.body["status"]) == (status, state["status"])

    def test_is_a_refusal_for_a_decline(self) -> None:
        reply = payment_reply(_row(status="failed", decline_code="card_declined"))
        assert isinstance(reply, PaymentDeclined)
        assert reply.facts() == {"payment_id": "x", "decline_code": "card_declined"}


class TestRefundReply:
    @pytest.mark.parametrize(("state", "status"), [("succeeded", 201), ("processing", 202), ("requires_review", 202)])
    def test_is_201_once_the_processor_has_it(self, state: str, status: int) -> None:
        reply = refund_reply(_row(status=state))
        assert isinstance(reply, Answer)
        assert reply.status == status

    def test_is_a_refusal_when_the_issuer_refused(self) -> None:
        reply = refund_reply(_row(status="failed", decline_code="refund_refused_by_issuer"))
        assert isinstance(reply, RefundDeclined)
        assert reply.facts() == {"refund_id": "x", "decline_code": "refund_refused_by_issuer"}


class TestMovement:
    def test_has_one_key_for_each_step_of_each_subject(self) -> None:
        wallet = Wallet("wal_1")
        steps = [
            movement(kind, subject, Money(1, "EUR"), CARD_WORLD, wallet, actor_id="usr_1", request_id="r")
            for kind in ("payment", "refund_reserved", "refund_returned")
            for subject in ("pay_1", "re_1")
        ]
        assert len({(step.key.route, step.key.key) for step in steps}) == len(steps)
        assert {step.key.principal for step in steps} == {"payment"}

    def test_asked_again_is_the_same_request_to_the_ledger(self) -> None:
        first, again = (
            movement("refund", "re_1", Money(1, "EUR"), System("suspense"), CARD_WORLD, actor_id="u", request_id=r)
            for r in ("first", "again")
        )
        assert first.transaction_id != again.transaction_id
        assert first.key.fingerprint == again.key.fingerprint
