"""Events about whole accounts: who is behind them, what their owners take out of them, and their end."""

from dataclasses import dataclass
from typing import Literal

from paycore.events.envelope import TOPIC_USER, EventData


@dataclass(frozen=True)
class UserKycChanged(EventData):
    """Somebody asked to be verified (pending), an admin decided for a `reason`, or the name is another one (none)."""

    TYPE = "user.kyc_changed"
    TOPIC = TOPIC_USER

    user_id: str
    status: Literal["pending", "verified", "rejected", "none"]
    actor_id: str
    reason: str | None
    version: int


@dataclass(frozen=True)
class UserClosed(EventData):
    """Somebody closed the own account: its wallets, sessions and keys have ended. What is personal goes days later."""

    TYPE = "user.closed"
    TOPIC = TOPIC_USER

    user_id: str
    version: int | None = None  # none in events of before it was told


@dataclass(frozen=True)
class UserErased(EventData):
    """The personal data of a closed account are gone; who keeps more about this person forgets it now."""

    TYPE = "user.erased"
    TOPIC = TOPIC_USER

    user_id: str
    version: int | None = None  # none in events of before it was told


@dataclass(frozen=True)
class UserExported(EventData):
    """Somebody got the own data as one document."""

    TYPE = "user.exported"
    TOPIC = TOPIC_USER

    user_id: str
    session_id: str
