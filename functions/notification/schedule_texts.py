"""What people are told about scheduled transfers. Whom one pays is not said: it may be somebody's address."""

from functions.notification.notice import Channel, Notice
from paycore.events.schedule import (
    OfSchedule,
    ScheduleCanceled,
    ScheduleCreated,
    ScheduleFailed,
    SchedulePaused,
    ScheduleResumed,
)
from paycore.money import Money

# Who did it knows; who wonders where the payments are finds it there.
_INBOX: tuple[Channel, ...] = ("inbox",)


def when_created(data: ScheduleCreated) -> list[Notice]:
    """Of security: it may move money for years, and nobody is asked again."""
    by = " with an API key" if data.key_id else ""
    body = (
        f"A transfer of {_money(data)} was scheduled{by}: {_when(data)}. If that was not you, cancel it "
        f"(POST /v1/schedules/{data.schedule_id}/cancel), change your password and tell us at once."
    )
    return [Notice(data.owner_id, "New scheduled transfer", body)]


def when_paused(data: SchedulePaused) -> list[Notice]:
    """In the inbox alone, as all that follows."""
    body = f"Your scheduled transfer of {_money(data)} is paused. Schedule: {data.schedule_id}"
    return [Notice(data.owner_id, "Scheduled transfer paused", body, _INBOX)]


def when_resumed(data: ScheduleResumed) -> list[Notice]:
    """When it is made next, if it is."""
    goes_on = f"goes on at {data.next_at}" if data.next_at else "is over: nothing is left of it"
    body = f"Your scheduled transfer of {_money(data)} {goes_on}. Schedule: {data.schedule_id}"
    return [Notice(data.owner_id, "Scheduled transfer resumed", body, _INBOX)]


def when_canceled(data: ScheduleCanceled) -> list[Notice]:
    """How many end with a key is told with its end, by mail."""
    why = ", for the API key that made it was revoked" if data.reason == "key_revoked" else ""
    body = f"Your scheduled transfer of {_money(data)} is canceled{why}. Schedule: {data.schedule_id}"
    return [Notice(data.owner_id, "Scheduled transfer canceled", body, _INBOX)]


def when_failed(data: ScheduleFailed) -> list[Notice]:
    """Nobody was there to see the refusal, so it goes further than the inbox."""
    money = Money(data.amount, data.currency)
    why = data.failure_code.replace("_", " ")
    body = f"Your scheduled transfer of {money}, due at {data.due_at}, was refused: {why}. Schedule: {data.schedule_id}"
    return [Notice(data.owner_id, "Scheduled transfer refused", body)]


def _money(data: OfSchedule) -> Money:
    return Money(data.amount, data.currency)


def _when(data: ScheduleCreated) -> str:
    if data.every is None:
        return f"once, at {data.execute_at}"
    if data.until is not None:
        end = f"until {data.until}"
    elif data.count is not None:
        end = "once in all" if data.count == 1 else f"{data.count} times in all"
    else:
        end = "until you cancel it"
    return f"every {data.every} from {data.execute_at} on, {end}"
