"""What is added to a notice where something outlives what it tells of: API keys and scheduled transfers."""

from paycore.events.second_factor import UserMfaChanged
from paycore.events.session import UserSessionsEnded
from paycore.events.user import UserUpdated

LOOK_AT_SCHEDULES = (
    "look at them (GET /v1/schedules), and cancel what you do not trust (POST /v1/schedules/{schedule_id}/cancel)."
)


def what_is_left(data: UserUpdated | UserMfaChanged | UserSessionsEnded) -> str:
    """Both, for who gets an account back; nothing where there is none."""
    return _keys(data.live_api_keys) + _schedules(data.live_schedules)


def _keys(count: int | None) -> str:
    if not count:
        return ""
    keys = "One of your API keys still works" if count == 1 else f"{count} of your API keys still work"
    return (
        f" {keys}: look at them (GET /v1/api-keys), and revoke what you do not trust (DELETE /v1/api-keys/{{key_id}})."
    )


def _schedules(count: int | None) -> str:
    if not count:
        return ""
    which = "One of your scheduled transfers" if count == 1 else f"{count} of your scheduled transfers"
    return f" {which} may still run: {LOOK_AT_SCHEDULES}"
