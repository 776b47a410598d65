"""The second commit of a refund: the reserved money leaves for the card, or returns to the wallet."""

from functions.payment import processor_client
from functions.payment.movements import CARD_WORLD, SUSPENSE, movement
from functions.payment.processor_call import Unclear
from functions.payment.processor_client import Verdict
from functions.payment.settle_payment import CHECKS_MAX
from functions.payment.store import Connection, Record, payments, refunds
from paycore.database import transaction
from paycore.events.payment import PaymentRefunded
from paycore.invariants import present
from paycore.ledger.commands import Wallet
from paycore.ledger.expected_credit import end_expectation
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import post
from paycore.money import Money
from paycore.observability import logger
from paycore.outbox import stage_event


def ask_for_refund(refund_id: str) -> Verdict | None:
    """The processor's verdict on a refund that is still open; None where it is settled or nobody knows yet."""
    with transaction() as connection:
        refund = _found(connection, refund_id)
    if refund.status != "processing":
        return None
    try:
        return processor_client.refund(refund.id, refund.charge_id, _money(refund))
    except Unclear as trouble:
        logger.warning("refund is unclear", extra={"refund_id": refund_id, "trouble": str(trouble)})
        return None


def settle_refund(connection: Connection, refund_id: str, verdict: Verdict | None, moved: list[Outcome]) -> Record:
    """The refund as it is afterwards. Once settled it stays as it is; so it does without a verdict, for some days.

    Locks the payment, as everything about its refunds does. What moved money is added to `moved`.
    """
    payments.lock(connection, _found(connection, refund_id).payment_id)
    refund = _found(connection, refund_id)
    if refund.status != "processing" or (verdict is None and refund.checks < CHECKS_MAX):
        return refund
    end_expectation(connection, refund.id)
    if verdict is None:
        _review(connection, refund, "the processor never told what became of it")
    elif not verdict.is_about(refund.id, _money(refund)):
        _review(connection, refund, "the processor's amount, currency or key is another")
    elif verdict.decline_code is not None:
        _give_back(connection, refund, verdict.decline_code, moved)
    else:
        _send_away(connection, refund, moved)
    return _found(connection, refund_id)


def _send_away(connection: Connection, refund: Record, moved: list[Outcome]) -> None:
    outcome = post(
        connection,
        movement(
            "refund",
            refund.id,
            _money(refund),
            SUSPENSE,
            CARD_WORLD,
            actor_id=refund.actor_id,
            request_id=refund.request_id,
            reason=refund.reason,
        ),
    )
    if outcome.transaction is None:
        _review(connection, refund, "the ledger refused the last step")
        return
    moved.append(outcome)
    refunds.succeeded(connection, refund)
    stage_event(
        connection,
        PaymentRefunded(
            payment_id=refund.payment_id,
            refund_id=refund.id,
            wallet_id=refund.wallet_id,
            owner_id=refund.owner_id,
            transaction_id=refund.transaction_id,
            amount=refund.amount_minor,
            currency=refund.currency,
        ),
        subject=refund.payment_id,
        partition_key=refund.wallet_id,
        request_id=refund.request_id,
    )


def _give_back(connection: Connection, refund: Record, decline_code: str, moved: list[Outcome]) -> None:
    outcome = post(
        connection,
        movement(
            "refund_returned",
            refund.id,
            _money(refund),
            SUSPENSE,
            Wallet(refund.wallet_id, owned_by=refund.owner_id),
            actor_id=refund.actor_id,
            request_id=refund.request_id,
            reason=refund.reason,
        ),
    )
    if outcome.transaction is None:
        _review(connection, refund, "the ledger refused to give the money back")
        return
    moved.append(outcome)
    refunds.failed(connection, refund, decline_code)


def _review(connection: Connection, refund: Record, why: str) -> None:
    logger.error("refund requires review", extra={"refund_id": refund.id, "why": why})
    refunds.needs_review(connection, refund)


def _found(connection: Connection, refund_id: str) -> Record:
    return present(refunds.find(connection, refund_id), "a refund that was started")


def _money(refund: Record) -> Money:
    return Money(refund.amount_minor, refund.currency)
