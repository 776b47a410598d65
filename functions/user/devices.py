"""The devices that somebody signs in from: each keeps a token, and a sign-in without a known one is told by mail.

The token opens nothing: a known device spares its owner a notice, and has tries of the password of its own.
"""

import hashlib
import secrets
from dataclasses import dataclass

from functions.user.keys import identity_ring
from functions.user.store import Connection, known_devices
from paycore.crypto import CannotOpen

DEVICES_MAX = 20  # of one person; the one that was not seen for longest goes
LIFE_DAYS = 90  # without a sign-in
_PREFIX = "dev_"
_RANDOM_BYTES = 32
_PURPOSE = "challenge-device"
_NOBODY = "usr_nobody"


@dataclass(frozen=True, slots=True)
class Device:
    """Where somebody signs in from, with the token that it shows the next time."""

    token: str
    is_new: bool

    @property
    def digest(self) -> bytes:
        """What is stored of it."""
        return digest(self.token)


def recognise(connection: Connection, user_id: str, shown: str | None) -> Device:
    """The device of this person that showed the token, or a new one; the account is locked."""
    fresh = _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    is_known = known_devices.see(
        connection,
        user_id,
        shown=digest(shown) if shown is not None else None,
        fresh=digest(fresh),
        devices_max=DEVICES_MAX,
        life_days=LIFE_DAYS,
    )
    return Device(shown, is_new=False) if shown is not None and is_known else Device(fresh, is_new=True)


def is_known(connection: Connection, user_id: str | None, shown: str) -> bool:
    """Whether this token is of a device of this person; of nobody it takes as long."""
    return known_devices.knows(connection, user_id or _NOBODY, digest(shown), LIFE_DAYS)


def sealed(shown: str | None, user_id: str) -> str | None:
    """The token as it waits for the second factor."""
    return identity_ring().seal(_PURPOSE, shown, user_id) if shown is not None else None


def opened(waiting: str | None, user_id: str) -> str | None:
    """The token that waited; one whose key is gone is that of a new device."""
    try:
        return identity_ring().open(_PURPOSE, waiting, user_id) if waiting is not None else None
    except CannotOpen:
        return None


def digest(token: str) -> bytes:
    """What is stored: the token is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
