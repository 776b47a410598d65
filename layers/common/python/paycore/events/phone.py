"""Events about people's phones: the number is in none of them."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_USER, EventData


@dataclass(frozen=True)
class UserPhoneVerificationAsked(EventData):
    """Somebody asked for a code to the own phone. It opens only with the event id, and only for 15 minutes."""

    TYPE = "user.phone_verification_asked"
    TOPIC = TOPIC_USER

    user_id: str
    sealed_code: str
    expires_at: str


@dataclass(frozen=True)
class UserPhoneVerified(EventData):
    """Somebody has shown that the phone of the profile is theirs; `version`: that of the profile since."""

    TYPE = "user.phone_verified"
    TOPIC = TOPIC_USER

    user_id: str
    version: int
