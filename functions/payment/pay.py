"""Pays: a charge of a saved card credits the caller's own wallet. Two commits, the call to the processor between."""

from functools import partial

from functions.payment.movements import forget_all
from functions.payment.render import payment_reply
from functions.payment.schemas import Pay
from functions.payment.settle_payment import ask_for_charge, settle_payment
from functions.payment.store import Connection, methods, payments
from functions.payment.velocity import refuse_after_declines
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import (
    CurrencyMismatch,
    PaymentError,
    PaymentMethodNotFound,
    WalletNotFound,
)
from paycore.idempotency import Answer, begin, give, keep
from paycore.ledger.expected_credit import expect_credit
from paycore.ledger.outcome import Outcome
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.request_key import RequestKey


def pay(caller: Caller, wanted: Pay, key: RequestKey) -> Answer:
    """The payment: credited, or still `processing`; raises PaymentDeclined, and what forbids it before the charge."""
    refuse_if_overloaded()
    begun = begin(key, ids.new("pay"), partial(_start, caller, wanted, key.request_id))
    if begun.reply is not None:
        return give(begun.reply)
    verdict = ask_for_charge(begun.subject)
    moved: list[Outcome] = []
    with transaction() as connection:
        payment = settle_payment(connection, begun.subject, verdict, moved)
        reply = keep(connection, key, payment_reply(payment))
    forget_all(moved)
    return give(reply)


def _start(
    caller: Caller, wanted: Pay, request_id: str, connection: Connection, payment_id: str
) -> PaymentError | None:
    """Writes the payment as `processing`; a card is not charged for a wallet that cannot take the money."""
    wallet = payments.find_wallet(connection, wanted.wallet_id, caller.user_id)
    if wallet is None:
        raise WalletNotFound
    method = methods.find(connection, wanted.payment_method_id, caller.user_id)
    if method is None:
        raise PaymentMethodNotFound
    if wallet.currency != wanted.currency:
        return CurrencyMismatch()
    refuse_after_declines(connection, caller.user_id)
    refusal = expect_credit(connection, payment_id, wallet.id)
    if refusal is not None:
        return refusal
    payments.insert(
        connection,
        {
            "id": payment_id,
            "owner_id": caller.user_id,
            "wallet_id": wallet.id,
            "method_id": method.id,
            "currency": wanted.currency,
            "amount_minor": wanted.amount,
            "description": wanted.description,
            "metadata": wanted.metadata,
            "request_id": request_id,
        },
    )
    return None
