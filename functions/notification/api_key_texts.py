"""What a merchant is told about API keys; which key is said by its name and first characters."""

from functions.notification.left_texts import LOOK_AT_SCHEDULES
from functions.notification.notice import Notice
from paycore.events.api_key import UserApiKeyCreated, UserApiKeyExpiring, UserApiKeyRevoked, UserApiKeyRolled

_NOT_YOU = "If that was not you, revoke it, change your password and tell us at once."


def created(data: UserApiKeyCreated) -> list[Notice]:
    """Whoever made it may do with the account what its scopes say."""
    body = f"The API key {data.name!r} ({data.shown}...) was made, for {', '.join(data.scopes)}. {_NOT_YOU}"
    return [Notice(data.user_id, "New API key", body)]


def rolled(data: UserApiKeyRolled) -> list[Notice]:
    """Until when the old one works."""
    body = (
        f"The API key {data.name!r} ({data.shown}...) was replaced by a new one. It works until {data.expires_at}. "
        f"{_NOT_YOU}{_schedules_go_on(data.live_schedules)}"
    )
    return [Notice(data.user_id, "API key replaced", body)]


def revoked(data: UserApiKeyRevoked) -> list[Notice]:
    """It works no more; and what becomes of the schedules that it made."""
    schedules = _schedules_end(data.live_schedules) if data.schedules_end else _schedules_go_on(data.live_schedules)
    body = f"The API key {data.name!r} ({data.shown}...) works no more.{schedules}"
    return [Notice(data.user_id, "API key revoked", body)]


def expiring(data: UserApiKeyExpiring) -> list[Notice]:
    """In time to roll it."""
    days = "a day" if data.days == 1 else f"{data.days} days"
    body = f"The API key {data.name!r} ({data.shown}...) expires at {data.expires_at}. Roll it before."
    return [Notice(data.user_id, f"An API key expires within {days}", body)]


def _schedules_end(count: int | None) -> str:
    if not count:
        return ""
    which = "One scheduled transfer that was made with it is" if count == 1 else f"{_made_with_it(count)} are"
    return f" {which} canceled."


def _schedules_go_on(count: int | None) -> str:
    if not count:
        return ""
    which = "One scheduled transfer that was made with it goes" if count == 1 else f"{_made_with_it(count)} go"
    return f" {which} on: {LOOK_AT_SCHEDULES}"


def _made_with_it(count: int) -> str:
    return f"{count} scheduled transfers that were made with it"
