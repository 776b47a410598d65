"""What a merchant is told about API keys; which key is said by its name and first characters."""

from functions.notification.notice import Notice
from paycore.events.user import UserApiKeyCreated, UserApiKeyExpiring, UserApiKeyRevoked, UserApiKeyRolled

_NOT_YOU = "If that was not you, revoke it, change your password and tell us at once."


def still_live(count: int | None) -> str:
    """What is added to a notice where keys outlive what it tells of; nothing where there are none."""
    if not count:
        return ""
    keys = "One of your API keys still works" if count == 1 else f"{count} of your API keys still work"
    return (
        f" {keys}: look at them (GET /v1/api-keys), and revoke what you do not trust (DELETE /v1/api-keys/{{key_id}})."
    )


def created(data: UserApiKeyCreated) -> list[Notice]:
    """Whoever made it may do with the account what its scopes say."""
    body = f"The API key {data.name!r} ({data.shown}...) was made, for {', '.join(data.scopes)}. {_NOT_YOU}"
    return [Notice(data.user_id, "New API key", body)]


def rolled(data: UserApiKeyRolled) -> list[Notice]:
    """Until when the old one works."""
    body = (
        f"The API key {data.name!r} ({data.shown}...) was replaced by a new one. It works until {data.expires_at}. "
        f"{_NOT_YOU}"
    )
    return [Notice(data.user_id, "API key replaced", body)]


def revoked(data: UserApiKeyRevoked) -> list[Notice]:
    """It works no more."""
    return [Notice(data.user_id, "API key revoked", f"The API key {data.name!r} ({data.shown}...) works no more.")]


def expiring(data: UserApiKeyExpiring) -> list[Notice]:
    """In time to roll it."""
    days = "a day" if data.days == 1 else f"{data.days} days"
    body = f"The API key {data.name!r} ({data.shown}...) expires at {data.expires_at}. Roll it before."
    return [Notice(data.user_id, f"An API key expires within {days}", body)]
