"""Makes the transfers whose time has come: each occurrence once for ever, whatever dies in between.

Money and mark are one commit under the schedule's lock. Beside that, the ledger knows the occurrence's key, and the
occurrence's row is unique: what is done twice is found done.
"""

import time
from typing import Any

from pydantic import ValidationError

from functions.transaction.schedules import store
from functions.transaction.schedules.change_schedule import ahead
from functions.transaction.schedules.render import recurrence_of, transfer_of
from functions.transaction.schemas import TransferRequest
from functions.transaction.transfer import transfer_within
from paycore.caller import Caller
from paycore.clock import timestamp
from paycore.database import Connection, Row, one_statement, transaction
from paycore.errors import InvalidRequest, PaymentError, RateLimited, RecipientUnknown
from paycore.events.schedule import ScheduleFailed
from paycore.invariants import ensure
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import forget
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.observability import logger
from paycore.outbox import stage_event
from paycore.request_key import RequestKey

# One look finds so many; the next minute finds the others.
_AT_MOST = 500
# A limit may be lifted meanwhile.
_WAIT_S_MAX = 3600


def run_due(seconds: float) -> int:
    """Runs what is due for at most `seconds` (plus the last one); returns how many occurrences had their end.

    What meets a busy row or an outage stays due and is tried at the next run; what meets a limit, when that allows it
    again, within an hour. What breaks is a bug of ours: it stops no other, and is raised at the end.
    """
    deadline = time.monotonic() + seconds
    ended = 0
    broken: list[str] = []
    for schedule_id in one_statement(lambda connection: store.due(connection, _AT_MOST)):
        try:
            # after an outage a schedule may have several
            while time.monotonic() < deadline and _run_next(schedule_id):
                ended += 1
        except RateLimited as refusal:
            _postpone(schedule_id, refusal)
        except Exception as trouble:  # noqa: BLE001  # one that cannot run must not keep the others from it
            if isinstance(trouble, PaymentError) and trouble.retryable:
                logger.warning("a schedule must wait", extra={"schedule_id": schedule_id, "refusal": trouble.code})
            else:
                logger.exception("a schedule cannot run", extra={"schedule_id": schedule_id})
                broken.append(schedule_id)
    ensure(not broken, "what is due can be made or refused")
    return ended


def _postpone(schedule_id: str, refusal: RateLimited) -> None:
    wait_s = min(refusal.retry_after_s or _WAIT_S_MAX, _WAIT_S_MAX)
    with transaction() as connection:
        store.postpone(connection, schedule_id, wait_s)
    logger.warning("a schedule is postponed", extra={"schedule_id": schedule_id, "wait_s": wait_s})


def _run_next(schedule_id: str) -> bool:
    """False when it is not due, or somebody else has it in hand."""
    refuse_if_overloaded()
    with transaction() as connection:
        due = store.lock_due(connection, schedule_id)
        if due is None:
            return False
        outcome = None
        if not store.has_run(connection, due.id, due.next_occurrence):
            outcome = _perform(connection, due)
        recurrence = recurrence_of(due)
        following = due.next_occurrence + 1
        store.move_on(connection, due.id, ahead(following, recurrence.due_at(following)))
    if outcome is not None:
        forget(outcome)
    return True


def _perform(connection: Connection, due: Row[Any]) -> Outcome | None:
    """Makes the transfer and notes its end. A disabled owner's is not made; nothing raised here is kept."""
    person = store.person(connection, due.owner_id)
    if person is None or not person.active:
        _note(connection, due, "skipped")
        return None
    # The owner was asked for the second factor when it was made. An admin exceeds limits in person only.
    caller = Caller(
        due.owner_id, "schedule", frozenset(person.roles), stepped_up=True, kyc_verified=person.kyc_verified
    )
    try:
        outcome = transfer_within(connection, caller, _wanted(due), _key(due))
    except PaymentError as refusal:
        if refusal.retryable:
            raise
        _fail(connection, due, refusal)
        return None
    if outcome.refusal is not None:
        if outcome.refusal.retryable:
            raise outcome.refusal
        _fail(connection, due, outcome.refusal)
    else:
        _note(connection, due, "completed", transaction_id=outcome.completed().id)
    return outcome


def _wanted(due: Row[Any]) -> TransferRequest:
    """Raises RecipientUnknown where the key of its address is gone, InvalidRequest for what fitted when it was made."""
    body = transfer_of(due)
    if due.sealed_email is not None and body["target_email"] is None:
        raise RecipientUnknown
    try:
        return TransferRequest.model_validate(body)
    except ValidationError as trouble:
        wrong = trouble.errors(include_url=False, include_context=False, include_input=False)
        logger.error("a schedule fits no more", extra={"schedule_id": due.id, "wrong": wrong})
        raise InvalidRequest(errors=[]) from None


def _key(due: Row[Any]) -> RequestKey:
    """No client can name it: a principal of theirs is a user id."""
    name = f"{due.id}.{due.next_occurrence}"
    return RequestKey(f"schedule {due.owner_id}", "run schedule", name, name, name)


def _fail(connection: Connection, due: Row[Any], refusal: PaymentError) -> None:
    _note(connection, due, "failed", failure_code=refusal.code)
    stage_event(
        connection,
        ScheduleFailed(
            schedule_id=due.id,
            owner_id=due.owner_id,
            occurrence=due.next_occurrence,
            due_at=timestamp(due.next_at),
            amount=due.transfer["amount"],
            currency=due.transfer["currency"],
            failure_code=refusal.code,
        ),
        subject=due.id,
        partition_key=due.id,
        request_id=_key(due).request_id,
    )


def _note(
    connection: Connection,
    due: Row[Any],
    status: str,
    *,
    transaction_id: str | None = None,
    failure_code: str | None = None,
) -> None:
    end = {"status": status, "transaction_id": transaction_id, "failure_code": failure_code}
    store.note(connection, due.id, {"occurrence": due.next_occurrence, "due_at": due.next_at, **end})
