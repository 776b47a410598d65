"""Begins a session: its row, its first refresh token and the device it is on; one too many ends for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.user import devices, refresh_tokens
from functions.user.devices import Device
from functions.user.session_body import Refresh, session_body
from functions.user.sessions.stage_end import stage_end
from functions.user.stage import stage
from functions.user.store import Connection, Record, session_limit, sessions
from functions.user.store.people import Person
from paycore import ids, session
from paycore.events.session import UserLoggedIn
from paycore.origin import Origin

SESSIONS_MAX = 50  # of one person at once; the one that was not refreshed for longest ends
_FIRST = 1
PASSWORD_ONLY = ["pwd"]  # RFC 8176


@dataclass(frozen=True, slots=True)
class Begun:
    """The session and the token that prolongs it."""

    session: Record
    refresh: Refresh


@dataclass(frozen=True, slots=True)
class SignedIn(Begun):
    """And the device it is on, and which sessions had to end for it."""

    device: Device
    ended_session_ids: Sequence[str]

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
    """A session of somebody who signs in, with its event; the account is locked. After the commit: `tell_signed_in`."""
    # before the device: whoever ends sessions locks them first
    ended = session_limit.end_surplus(connection, user_id, kept=SESSIONS_MAX - 1)
    if ended:
        stage_end(connection, user_id, ended, "limit", origin)
    device = devices.recognise(connection, user_id, shown.token)
    begun = begin_session(connection, user_id, device=shown.name, device_digest=device.digest, amr=amr)
    event = UserLoggedIn(user_id=user_id, session_id=begun.session.id, new_device=device.is_new, owner_told=owner_told)
    stage(connection, event, user_id, origin)
    return SignedIn(begun.session, begun.refresh, device, ended)


def tell_signed_in(signed_in: SignedIn, person: Person | Record) -> None:
    """Tells every function which sessions ended, and what the new one may do; after the commit."""
    begun = signed_in.session
    session.revoke(signed_in.ended_session_ids, begun.user_id)
    session.overwrite([begun.id], begun.user_id, person.roles, person.version, kyc_verified=person.kyc_verified)


def begin_session(
    connection: Connection, user_id: str, *, device: str | None, device_digest: bytes | None, amr: list[str]
) -> Begun:
    """`amr`: how the person was recognised (RFC 8176). The caller tells everybody, after the commit.

    Makes no room: for who signs in, `sign_in` does; who changes the password has no other session left.
    """
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
