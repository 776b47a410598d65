"""The second step of signing in: the password was right, a code of the second factor is awaited."""

import hashlib
import secrets
from typing import Any

from functions.user import attempts, devices
from functions.user.begin_session import Shown, sign_in, tell_signed_in
from functions.user.second_factor import code
from functions.user.second_factor.schemas import PassChallenge
from functions.user.signing_key import signing_key
from functions.user.stage import stage
from functions.user.store import Connection, mfa_challenges, users
from paycore.database import one_statement, transaction
from paycore.errors import InvalidCode, InvalidToken
from paycore.events.second_factor import UserMfaChallenged
from paycore.origin import Origin

LIFE_S = 5 * 60
_RANDOM_BYTES = 32
METHODS = ["pwd", "otp"]  # RFC 8176


def ask_for_code(connection: Connection, user_id: str, shown: Shown, origin: Origin) -> dict[str, Any]:
    """A challenge in place of a session, with its event; the account is locked.

    The owner is told of one on a new device, once a day unless they pass it: whoever has the password might stop here,
    and must not be able to fill a mailbox (docs/decisions/0034).
    """
    is_new = shown.token is None or not devices.is_known(connection, user_id, shown.token)
    is_told = is_new and attempts.take(connection, attempts.challenges_told_to(user_id)) is None
    token = secrets.token_urlsafe(_RANDOM_BYTES)
    mfa_challenges.insert(
        connection,
        digest=_digest(token),
        user_id=user_id,
        device=shown.name,
        sealed_device_token=devices.sealed(shown.token, user_id),
        owner_told=is_told,
        life_s=LIFE_S,
    )
    event = UserMfaChallenged(user_id=user_id, new_device=is_new, owner_told=is_told)
    stage(connection, event, user_id, origin)
    methods = ["totp", "recovery_code"]
    return {"object": "mfa_challenge", "mfa_token": token, "methods": methods, "expires_in": LIFE_S}


def pass_challenge(wanted: PassChallenge, origin: Origin) -> dict[str, Any]:
    """The new session's tokens; the challenge is used up by them and by nothing else.

    Raises InvalidToken for a challenge that is used, over or unknown, InvalidCode, RateLimited after too many tries.
    """
    signing_key()  # without it there is no session: better to know before one is written
    digest = _digest(wanted.mfa_token)
    asked = one_statement(lambda connection: mfa_challenges.find(connection, digest))
    if asked is None:
        raise InvalidToken
    shown = Shown(asked.device, wanted.device_token or devices.opened(asked.sealed_device_token, asked.user_id))
    tries = code.tries_at(asked.user_id, wanted.code, origin, _known_device(asked.user_id, shown))
    code.admit_try(asked.user_id, wanted.code, tries, origin)
    with transaction() as connection:
        person = users.lock(connection, asked.user_id)
        # once more: another request may have used it while this one waited
        if person is None or person.status != "active" or mfa_challenges.find(connection, digest) is None:
            raise InvalidToken
        right = code.fits(connection, asked.user_id, wanted.code, tries, origin)
        if right:
            mfa_challenges.remove(connection, digest)
            attempts.forgive(connection, attempts.challenges_told_to(asked.user_id))
            begun = sign_in(connection, asked.user_id, shown, METHODS, origin, owner_told=asked.owner_told)
    if not right:
        raise InvalidCode
    tell_signed_in(begun, person)
    return begun.body


def _known_device(user_id: str, shown: Shown) -> str | None:
    token = shown.token
    if token is None or not one_statement(lambda connection: devices.is_known(connection, user_id, token)):
        return None
    return token


def _digest(token: str) -> bytes:
    """What is stored: the token is random enough."""
    return hashlib.sha256(token.encode()).digest()
