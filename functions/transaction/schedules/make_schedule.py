"""Schedules a transfer: checked now as far as it can be, made when its time has come."""

from datetime import UTC, timedelta
from typing import Any

from functions.transaction.keyed import keyed
from functions.transaction.schedules import store
from functions.transaction.schedules.announce import announce, created
from functions.transaction.schedules.recurrence import Recurrence
from functions.transaction.schedules.render import kept_body, sealed_email, shown_answer
from functions.transaction.schedules.schemas import ScheduleRequest
from paycore import clock, ids
from paycore.caller import Caller
from paycore.database import Connection
from paycore.errors import CurrencyMismatch, InvalidRequest, SameWallet, TooManySchedules, WalletNotFound
from paycore.idempotency import Answer, answer_once
from paycore.invariants import present
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.step_up import require_step_up
from paycore.money import Money
from paycore.origin import Origin
from paycore.request_key import RequestKey

# Below a minute an immediate transfer is meant; beyond ten years nobody is.
LEAD = timedelta(seconds=60)
LEAD_MAX = timedelta(days=3653)
# Of one owner, that may still run; requests at the same moment may make a few more.
SCHEDULES_MAX = 200


def make_schedule(caller: Caller, wanted: ScheduleRequest, origin: Origin, key: RequestKey) -> Answer:
    """The new schedule, once per key.

    Raises InvalidRequest for an instant too near or too far, WalletNotFound, CurrencyMismatch, SameWallet,
    StepUpRequired, or TooManySchedules.
    """

    def work(connection: Connection) -> Answer:
        _check_instants(wanted)
        _check_wallets(connection, caller, wanted)
        require_step_up(connection, caller, [Money(wanted.amount, wanted.currency)])
        if store.count_open(connection, caller.user_id) >= SCHEDULES_MAX:
            raise TooManySchedules(schedules_max=SCHEDULES_MAX)
        schedule_id = ids.new("sch")
        store.insert(connection, _values(schedule_id, caller, wanted))
        made = present(store.find(connection, schedule_id, caller.user_id), "a schedule that was just written is there")
        announce(connection, created(made, caller), request_id=origin.request_id, network=origin.network)
        return Answer(201, kept_body(made))

    return shown_answer(answer_once(keyed(key, [wanted]), work))


def _values(schedule_id: str, caller: Caller, wanted: ScheduleRequest) -> dict[str, Any]:
    transfer = wanted.model_dump(mode="json", exclude={"execute_at", "recurrence", "target_email"}, exclude_none=True)
    email = wanted.target_email
    recurrence = _recurrence(wanted)
    return {
        "id": schedule_id,
        "owner_id": caller.user_id,
        "created_by_key": caller.key_id,
        "transfer": transfer,
        "sealed_email": sealed_email(schedule_id, str(email)) if email is not None else None,
        "starts_at": recurrence.starts_at,
        "every": recurrence.every,
        "until": recurrence.until,
        "times": recurrence.count,
    }


def _recurrence(wanted: ScheduleRequest) -> Recurrence:
    start, again = wanted.execute_at.astimezone(UTC), wanted.recurrence
    if again is None:
        return Recurrence(start)
    return Recurrence(start, again.every, again.until, again.count)


def _check_instants(wanted: ScheduleRequest) -> None:
    now = clock.now()
    if not now + LEAD <= wanted.execute_at <= now + LEAD_MAX:
        detail = "At least a minute from now, at most ten years."
        raise InvalidRequest(errors=[{"param": "/execute_at", "code": "out_of_range", "detail": detail}])
    if _recurrence(wanted).due_at(1) is None:
        detail = "Not before execute_at."
        raise InvalidRequest(errors=[{"param": "/recurrence/until", "code": "out_of_range", "detail": detail}])


def _check_wallets(connection: Connection, caller: Caller, wanted: ScheduleRequest) -> None:
    """What will not change any more; states, funds and limits are judged when the time has come."""
    source = wallet_id_of(wanted.source_wallet_id)
    named = [wanted.target_wallet_id] if wanted.target_wallet_id is not None else []
    targets = [wallet_id_of(text) for text in (*named, *(each.target_wallet_id for each in wanted.splits or ()))]
    found = store.accounts(connection, [source, *targets])
    if len(found) < len({source, *targets}) or found[source].owner_id != caller.user_id:
        raise WalletNotFound
    if source in targets:
        raise SameWallet
    if {row.currency for row in found.values()} != {wanted.currency}:
        raise CurrencyMismatch
