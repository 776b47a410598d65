"""Events about people and what opens their account."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_USER, EventData


@dataclass(frozen=True)
class UserRegistered(EventData):
    """Somebody asked for an account; there is no such person yet, so nobody is the actor.

    The code opens only with the event id, and only for 15 minutes; one that nobody is to get, as of an address that has
    an account, is over before the event was made.
    """

    TYPE = "user.registered"
    TOPIC = TOPIC_USER

    user_id: str
    registration_id: str
    sealed_code: str
    expires_at: str
    actor_id: None = None


@dataclass(frozen=True)
class UserInvited(EventData):
    """An operator invited somebody. Whose the address is tells `user.verified`, when they accept.

    `operator`: who that was, as they said themselves.
    """

    TYPE = "user.invited"
    TOPIC = TOPIC_USER

    user_id: str
    registration_id: str
    roles: list[str]
    actor_id: str
    expires_at: str
    operator: str | None = None  # neither in events of before they were told
    reason: str | None = None


@dataclass(frozen=True)
class UserVerified(EventData):
    """The e-mail address is proven: the account exists."""

    TYPE = "user.verified"
    TOPIC = TOPIC_USER

    user_id: str
    registration_id: str


@dataclass(frozen=True)
class UserEmailChangeAsked(EventData):
    """Somebody asked for another address. The code opens only with the event id, and only for 15 minutes.

    `change_id` is where the new address is told, `notice_id` the old one, whichever is the account's by then. The code
    of an address that has an account is over before the event was made: nobody gets it.
    """

    TYPE = "user.email_change_asked"
    TOPIC = TOPIC_USER

    user_id: str
    change_id: str
    notice_id: str
    sealed_code: str
    expires_at: str


@dataclass(frozen=True)
class UserEmailChanged(EventData):
    """Somebody has another address; `notice_id` is where the old one is told, `version` that of the profile since."""

    TYPE = "user.email_changed"
    TOPIC = TOPIC_USER

    user_id: str
    notice_id: str
    version: int | None = None  # none in events of before it was told


@dataclass(frozen=True)
class UserPasswordForgotten(EventData):
    """Somebody, perhaps a stranger, asked for a new password, so nobody is the actor.

    The code opens only with the event id, and only for 15 minutes.
    """

    TYPE = "user.password_forgotten"
    TOPIC = TOPIC_USER

    user_id: str
    sealed_code: str
    expires_at: str
    actor_id: None = None


@dataclass(frozen=True)
class UserViewed(EventData):
    """An admin was shown who somebody is, or found the account by its address."""

    TYPE = "user.viewed"
    TOPIC = TOPIC_USER

    user_id: str
    actor_id: str


@dataclass(frozen=True)
class UserUpdated(EventData):
    """The account changed; `fields` names what, and `version` is that of the profile since.

    Of values only rights are told: all `roles` and the `status` since, where they are among the fields.
    `live_api_keys`: how many of the person's keys still work, where the password is another one, or work again, where
    the account is enabled or the merchant's role is back; `live_schedules`: how many of the person's scheduled
    transfers may still run.
    """

    TYPE = "user.updated"
    TOPIC = TOPIC_USER

    user_id: str
    fields: list[str]
    actor_id: str
    reason: str | None
    version: int | None = None  # none in events of before it was told
    live_api_keys: int | None = None
    roles: list[str] | None = None
    status: str | None = None
    live_schedules: int | None = None
