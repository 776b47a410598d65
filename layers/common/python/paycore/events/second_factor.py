"""Events about people's second factors."""

from dataclasses import dataclass
from typing import Literal

from paycore.events.envelope import TOPIC_USER, EventData

MfaChange = Literal[
    "enabled", "disabled", "codes_renewed", "code_used", "reset_requested", "reset_stopped", "reset"
]  # fmt: skip


@dataclass(frozen=True)
class UserMfaEnrollmentAsked(EventData):
    """An admin asked for a second factor. The code opens only with the event id, and only for 15 minutes."""

    TYPE = "user.mfa_enrollment_asked"
    TOPIC = TOPIC_USER

    user_id: str
    sealed_code: str
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class UserMfaChanged(EventData):
    """Something happened to somebody's second factor; `effective_at` only where a reset waits.

    `version`: that of the profile since, where this changed it: there is a factor, or there is none any more.
    `live_api_keys`: how many of the person's keys still work after a reset; `live_schedules`: how many of
    their scheduled transfers may still run.
    """

    TYPE = "user.mfa_changed"
    TOPIC = TOPIC_USER

    user_id: str
    change: MfaChange
    actor_id: str
    reason: str | None = None
    effective_at: str | None = None
    version: int | None = None
    live_api_keys: int | None = None
    live_schedules: int | None = None


@dataclass(frozen=True)
class UserMfaChallenged(EventData):
    """Somebody gave an account's password and was asked for the second factor: nobody knows yet who it was.

    `new_device` as in `user.logged_in`; `owner_told`: this is the first such challenge of a day, or since the owner
    passed one.
    """

    TYPE = "user.mfa_challenged"
    TOPIC = TOPIC_USER

    user_id: str
    new_device: bool
    owner_told: bool
    actor_id: None = None


@dataclass(frozen=True)
class UserSteppedUp(EventData):
    """Somebody showed the second factor within a session, to do what needs it."""

    TYPE = "user.stepped_up"
    TOPIC = TOPIC_USER

    user_id: str
    session_id: str
