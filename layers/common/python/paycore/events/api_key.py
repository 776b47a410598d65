"""Events about merchants' API keys. The keys themselves are in none of them."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_USER, EventData


@dataclass(frozen=True)
class _OfApiKey(EventData):
    """`shown` is the beginning of the key, as its owner sees it in lists."""

    TOPIC = TOPIC_USER

    user_id: str
    key_id: str
    name: str
    shown: str
    expires_at: str


@dataclass(frozen=True)
class UserApiKeyCreated(_OfApiKey):
    """A key was made."""

    TYPE = "user.api_key_created"

    scopes: list[str]


@dataclass(frozen=True)
class UserApiKeyRolled(_OfApiKey):
    """A key was replaced by `successor_id`; it works until `expires_at`.

    `live_schedules`: how many scheduled transfers that it made go on.
    """

    TYPE = "user.api_key_rolled"

    successor_id: str
    live_schedules: int | None = None


@dataclass(frozen=True)
class UserApiKeyRevoked(_OfApiKey):
    """A key works no more. `live_schedules`: how many scheduled transfers that it made could still run.

    `schedules_end`: they are canceled now; not those of a key that had expired before.
    """

    TYPE = "user.api_key_revoked"

    live_schedules: int | None = None
    schedules_end: bool = False


@dataclass(frozen=True)
class UserApiKeyExpiring(_OfApiKey):
    """A key expires within `days` days."""

    TYPE = "user.api_key_expiring"

    days: int
