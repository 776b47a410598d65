"""Events about sessions: they begin and end."""

from dataclasses import dataclass
from typing import Literal

from paycore.events.envelope import TOPIC_USER, EventData


@dataclass(frozen=True)
class UserLoggedIn(EventData):
    """A session began; `new_device`: not with the token of a device that the person had signed in from before.

    `owner_told`: by mail already, when the second factor was asked for.
    """

    TYPE = "user.logged_in"
    TOPIC = TOPIC_USER

    user_id: str
    session_id: str
    new_device: bool = True
    owner_told: bool = False


@dataclass(frozen=True)
class UserSessionsEnded(EventData):
    """Sessions ended by themselves: `reason` is logout, owner (from another session), reuse (of a refresh token) or
    limit (another one began, and this person has no more at once).

    Those that end with a new password, a disabled account or a change of the second factor are told by its event.
    `actor_id`: the person; nobody where a token was used twice, for then there are two. `count`: how many they are;
    `session_ids` are the first 100.
    `live_api_keys`: how many of the person's keys still work, where a thief may have made one; `live_schedules`: how
    many of the person's scheduled transfers may still run.
    """

    TYPE = "user.sessions_ended"
    TOPIC = TOPIC_USER

    user_id: str
    session_ids: list[str]
    reason: Literal["logout", "owner", "reuse", "limit"]
    live_api_keys: int | None = None
    live_schedules: int | None = None
    count: int | None = None  # none in events of before it was told
    actor_id: str | None = None
