"""Begins a session: its row, its first refresh token and the device it is on."""

from dataclasses import dataclass
from typing import Any

from functions.user import devices, refresh_tokens
from functions.user.devices import Device
from functions.user.session_body import Refresh, session_body
from functions.user.stage import stage
from functions.user.store import Connection, Record, sessions
from paycore import ids
from paycore.events.user import UserLoggedIn
from paycore.origin import Origin

_FIRST = 1
PASSWORD_ONLY = ["pwd"]  # RFC 8176


@dataclass(frozen=True, slots=True)
class Begun:
    """The session and the token that prolongs it."""

    session: Record
    refresh: Refresh


@dataclass(frozen=True, slots=True)
class SignedIn(Begun):
    """And the device it is on."""

    device: Device

    @property
    def body(self) -> dict[str, Any]:
        """The answer to who signed in."""
        return {**session_body(self.session, self.refresh), "device_token": self.device.token}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a client says of its device: a name for the list of sessions, and the token it was given."""

    name: str | None
    token: str | None


def sign_in(
    connection: Connection, user_id: str, shown: Shown, amr: list[str], origin: Origin, *, owner_told: bool = False
) -> SignedIn:
    """A session of somebody who signs in, with its event; the account is locked."""
    device = devices.recognise(connection, user_id, shown.token)
    begun = begin_session(connection, user_id, device=shown.name, device_digest=device.digest, amr=amr)
    event = UserLoggedIn(user_id=user_id, session_id=begun.session.id, new_device=device.is_new, owner_told=owner_told)
    stage(connection, event, user_id, origin)
    return SignedIn(begun.session, begun.refresh, device)


def begin_session(
    connection: Connection, user_id: str, *, device: str | None, device_digest: bytes | None, amr: list[str]
) -> Begun:
    """`amr`: how the person was recognised (RFC 8176). The caller tells everybody, after the commit."""
    begun = sessions.begin(
        connection,
        session_id=ids.new("ses"),
        user_id=user_id,
        device=device,
        device_digest=device_digest,
        amr=amr,
        life_days=refresh_tokens.FAMILY_LIFE_DAYS,
    )
    token = refresh_tokens.new_token()
    expires_at = sessions.add_token(
        connection,
        begun.id,
        position=_FIRST,
        digest=refresh_tokens.digest(token),
        life_days=refresh_tokens.LIFE_DAYS,
    )
    return Begun(begun, Refresh(token, expires_at))
