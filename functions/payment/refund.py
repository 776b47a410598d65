"""Refunds: the amount leaves the wallet first, then the processor is asked, then the books follow its word."""

from dataclasses import dataclass

from functions.payment.movements import SUSPENSE, forget_all, movement
from functions.payment.read_payments import may_touch
from functions.payment.render import refund_reply
from functions.payment.schemas import Refund
from functions.payment.settle_refund import ask_for_refund, settle_refund
from functions.payment.store import Connection, Record, payments, refunds
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import (
    InvalidState,
    NothingToRefund,
    PaymentError,
    PaymentNotFound,
    RefundExceedsRemaining,
)
from paycore.idempotency import Answer, begin, give, keep
from paycore.ledger.commands import Wallet
from paycore.ledger.expected_credit import end_expectation, expect_credit
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import post
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.money import Money
from paycore.request_key import RequestKey


def refund(caller: Caller, payment_id: str, wanted: Refund, key: RequestKey) -> Answer:
    """The refund: done, or still `processing`; raises RefundDeclined, and what forbids it before the processor."""
    try:
        ids.check("pay", payment_id)
    except ids.MalformedId as trouble:
        raise PaymentNotFound from trouble
    refuse_if_overloaded()
    moved: list[Outcome] = []
    order = _Order(caller, payment_id, wanted, key.request_id, moved)
    begun = begin(key, ids.new("re"), order.start)
    forget_all(moved)
    if begun.reply is not None:
        return give(begun.reply)
    verdict = ask_for_refund(begun.subject)
    with transaction() as connection:
        settled = settle_refund(connection, begun.subject, verdict, moved)
        reply = keep(connection, key, refund_reply(settled))
    forget_all(moved)
    return give(reply)


@dataclass(frozen=True, slots=True)
class _Order:
    """Who asks for what. What moves money is added to `moved`, for the cache after the commit."""

    caller: Caller
    payment_id: str
    wanted: Refund
    request_id: str
    moved: list[Outcome]

    def start(self, connection: Connection, refund_id: str) -> PaymentError | None:
        """Reserves the amount under the payment's lock: refunds at one moment never exceed what was captured."""
        payment = payments.lock(connection, self.payment_id)
        if payment is None or not may_touch(self.caller, payment.owner_id, "refunds:create_any"):
            raise PaymentNotFound
        if payment.captured_minor == 0:
            raise InvalidState(payment.status)  # not kept: what is in process now can be refunded later
        remaining = payment.captured_minor - payment.refunding_minor - payment.refunded_minor
        if remaining == 0:
            return NothingToRefund()
        amount = remaining if self.wanted.amount is None else self.wanted.amount
        if amount > remaining:
            return RefundExceedsRemaining(remaining)
        return self._reserve(connection, refund_id, payment, Money(amount, payment.currency))

    def _reserve(self, connection: Connection, refund_id: str, payment: Record, money: Money) -> PaymentError | None:
        """Takes the money out of the wallet, so that it is there when the processor has said yes; where it says no, the
        money comes back, so the wallet stays open until then.
        """
        refusal = expect_credit(connection, refund_id, payment.wallet_id)
        if refusal is not None:
            return refusal
        outcome = post(
            connection,
            movement(
                "refund_reserved",
                refund_id,
                money,
                Wallet(payment.wallet_id, owned_by=payment.owner_id),
                SUSPENSE,
                actor_id=self.caller.user_id,
                request_id=self.request_id,
                reason=self.wanted.reason,
            ),
        )
        if outcome.transaction is None:
            end_expectation(connection, refund_id)
            return outcome.refusal
        self.moved.append(outcome)
        refunds.insert(
            connection,
            {
                "id": refund_id,
                "payment_id": payment.id,
                "owner_id": payment.owner_id,
                "wallet_id": payment.wallet_id,
                "currency": money.currency,
                "amount_minor": money.amount_minor,
                "reason": self.wanted.reason,
                "actor_id": self.caller.user_id,
                "transaction_id": outcome.transaction.id,
                "request_id": self.request_id,
            },
        )
        return None
