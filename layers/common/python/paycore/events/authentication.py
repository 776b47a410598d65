"""Events about who failed to show that an account is theirs."""

from dataclasses import dataclass
from typing import Literal

from paycore.events.envelope import TOPIC_USER, EventData

# The last six are one-time codes, called after what each is for.
Method = Literal[
    "password",
    "api_key",
    "totp",
    "recovery_code",
    "registration_code",
    "invitation_code",
    "password_code",
    "email_code",
    "second_factor_code",
    "phone_code",
]
# `wrong`: also a code that is over, or was tried too often. `disabled`: the account is. `locked_out`: not looked at,
# for the tries of the account, the device or the source are used up. `address_not_allowed`: an API key from elsewhere.
Failure = Literal["wrong", "disabled", "locked_out", "address_not_allowed"]


@dataclass(frozen=True)
class UserAuthenticationFailed(EventData):
    """Somebody did not show what an account asks for, at its door or in a session (then `actor_id` is known).

    `user_id`: whose account it is; null where the address that was named has none. Of an API key its id is the subject.
    """

    TYPE = "user.authentication_failed"
    TOPIC = TOPIC_USER

    user_id: str | None
    method: Method
    reason: Failure
    actor_id: str | None = None
    session_id: str | None = None
