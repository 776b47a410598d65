"""Refresh tokens: how they are made, and what a presented one is worth (RFC 9700, 4.14.2).

A token is exchanged once. Its successor is derived from it, so that the same exchange, repeated because the answer
was lost or two tabs asked at once, gives the same successor for a few seconds. Later, or once the successor was
used, a second exchange means that somebody has a copy: the whole family ends.
"""

import base64
import hashlib
import secrets
from enum import Enum, auto

from functions.user.keys import identity_ring
from functions.user.store.sessions import TokenState

LIFE_DAYS = 7
FAMILY_LIFE_DAYS = 30
GRACE_S = 10
_PURPOSE = "refresh-successor"
_RANDOM_BYTES = 32


class Verdict(Enum):
    """What is to be done with a presented token."""

    ROTATE = auto()
    REPEAT = auto()  # give the same successor again
    REFUSE = auto()
    END_FAMILY = auto()


def judge(token: TokenState) -> Verdict:
    """The verdict on a known token."""
    if not token.is_alive:
        return Verdict.REFUSE
    if token.rotated_ago_s is not None:
        in_grace = token.rotated_ago_s <= GRACE_S and not token.successor_is_used
        return Verdict.REPEAT if in_grace else Verdict.END_FAMILY
    return Verdict.REFUSE if token.is_expired else Verdict.ROTATE


def new_token() -> str:
    """The first token of a family: 256 random bits."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def successor(session_id: str, position: int, token: str, key_id: str) -> str:
    """The token that follows `token`, which has this position in its family."""
    mac = identity_ring().mac(_PURPOSE, f"{session_id}.{position}|{token}", key_id)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def digest(token: str) -> bytes:
    """What is stored. A token is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
