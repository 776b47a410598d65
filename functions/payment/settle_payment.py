"""The second commit of a payment: what the processor said becomes state, money and event, exactly once."""

from functions.payment import processor_client
from functions.payment.movements import CARD_WORLD, movement
from functions.payment.processor_call import Unclear
from functions.payment.processor_client import Verdict
from functions.payment.store import Connection, Record, payments
from paycore.database import transaction
from paycore.errors import PaymentError
from paycore.events.payment import PaymentFailed, PaymentProcessed
from paycore.invariants import present
from paycore.ledger.commands import Wallet
from paycore.ledger.expected_credit import end_expectation
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import post
from paycore.money import Money
from paycore.observability import logger
from paycore.outbox import stage_event

# After 10 s, 1 min, 5 min, 1 h and five days (FEAT-P8; the store sets the turns) a person takes over.
CHECKS_MAX = 9


def ask_for_charge(payment_id: str) -> Verdict | None:
    """The processor's verdict on a payment that is still open; None where it is settled or nobody knows yet.

    No transaction is open meanwhile. Asked with the payment's id as key: the card is charged once however often.
    """
    with transaction() as connection:
        payment = present(payments.find(connection, payment_id), "a payment that was started")
    if payment.status != "processing":
        return None
    try:
        return processor_client.charge(payment.id, payment.processor_token, _money(payment))
    except Unclear as trouble:
        logger.warning("charge is unclear", extra={"payment_id": payment_id, "trouble": str(trouble)})
        return None


def settle_payment(connection: Connection, payment_id: str, verdict: Verdict | None, moved: list[Outcome]) -> Record:
    """The payment as it is afterwards. Once settled it stays as it is; so it does without a verdict, for some days.

    What moved money is added to `moved`, for the cache after the commit.
    """
    payment = present(payments.lock(connection, payment_id), "a payment that was started")
    if payment.status != "processing" or (verdict is None and payment.checks < CHECKS_MAX):
        return payment
    end_expectation(connection, payment.id)
    if verdict is None:
        _review(connection, payment, None, "the processor never told what became of it")
    elif not verdict.is_about(payment.id, _money(payment)):
        _review(connection, payment, verdict, "the processor's amount, currency or key is another")
    elif verdict.decline_code is not None:
        _fail(connection, payment, verdict.id, verdict.decline_code)
    else:
        _credit(connection, payment, verdict, moved)
    return present(payments.find(connection, payment_id), "a payment that was started")


def _credit(connection: Connection, payment: Record, verdict: Verdict, moved: list[Outcome]) -> None:
    outcome = post(
        connection,
        movement(
            "payment",
            payment.id,
            _money(payment),
            CARD_WORLD,
            Wallet(payment.wallet_id, owned_by=payment.owner_id),
            actor_id=payment.owner_id,
            request_id=payment.request_id,
            description=payment.description,
        ),
    )
    if outcome.transaction is None:
        _review(connection, payment, verdict, f"the ledger refused the credit: {_code(outcome.refusal)}")
        return
    moved.append(outcome)
    payments.succeeded(connection, payment.id, verdict.id, outcome.transaction.id)
    stage_event(
        connection,
        PaymentProcessed(
            payment_id=payment.id,
            wallet_id=payment.wallet_id,
            owner_id=payment.owner_id,
            transaction_id=outcome.transaction.id,
            amount=payment.amount_minor,
            currency=payment.currency,
        ),
        subject=payment.id,
        partition_key=payment.wallet_id,
        request_id=payment.request_id,
    )


def _fail(connection: Connection, payment: Record, charge_id: str, decline_code: str) -> None:
    payments.failed(connection, payment.id, charge_id, decline_code)
    stage_event(
        connection,
        PaymentFailed(
            payment_id=payment.id,
            wallet_id=payment.wallet_id,
            owner_id=payment.owner_id,
            amount=payment.amount_minor,
            currency=payment.currency,
            decline_code=decline_code,
        ),
        subject=payment.id,
        partition_key=payment.wallet_id,
        request_id=payment.request_id,
    )


def _review(connection: Connection, payment: Record, verdict: Verdict | None, why: str) -> None:
    logger.error("payment requires review", extra={"payment_id": payment.id, "why": why})
    payments.needs_review(connection, payment.id, verdict.id if verdict is not None else None)


def _money(payment: Record) -> Money:
    return Money(payment.amount_minor, payment.currency)


def _code(refusal: PaymentError | None) -> str:
    return refusal.code if refusal is not None else "none"
