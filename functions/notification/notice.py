"""One text for one person, and the channels that it can go by."""

from dataclasses import dataclass
from typing import Literal

Channel = Literal["email", "sms", "push", "inbox"]

EVERYWHERE: tuple[Channel, ...] = ("email", "sms", "push")
MAIL_AND_PUSH: tuple[Channel, ...] = ("email", "push")
# Stand in a body until the moment of sending; what is stored keeps them masked.
CODE = "{code}"
NAME = "{name}"  # the first letters: enough for who chose the name, too little to carry a stranger's message


@dataclass(frozen=True, slots=True)
class Notice:
    """One text for one person (a user, or a registration that is not a user yet)."""

    person_id: str
    subject: str
    body: str
    channels: tuple[Channel, ...] = MAIL_AND_PUSH
