"""Key rings from Secrets Manager: HMAC and sealed fields, every result naming the key that made it.

A ring is the secret {"current": "k2", "k1": "...", "k2": "..."}: new work uses the current key, old work stays
readable.
From each ring text one key per purpose is derived (HKDF, RFC 5869), so no key has two uses.
"""

import base64
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from paycore import aws
from paycore.invariants import ensure

_NONCE_BYTES = 12  # NIST SP 800-38D


class CannotOpen(ValueError):
    """The sealed text was changed, moved to another context, or made with a key that is gone."""


class KeyRing:
    """The keys of one secret."""

    def __init__(self, ring: dict[str, str]) -> None:
        ensure(ring.get("current") in ring, "a key ring names its current key")
        self._ring = ring

    @property
    def current(self) -> str:
        """The id of the key for new work."""
        return self._ring["current"]

    @property
    def key_ids(self) -> list[str]:
        """All keys that the ring holds, the current one first."""
        return [self.current, *(key_id for key_id in self._ring if key_id not in ("current", self.current))]

    def hmac(self, purpose: str, message: str, key_id: str | None = None) -> str:
        """`<key id>.<HMAC-SHA-256 in base64url>` of `message`, by the current key or by `key_id`."""
        chosen = key_id or self.current
        return f"{chosen}.{_encode(self.mac(purpose, message, chosen))}"

    def mac(self, purpose: str, message: str, key_id: str, algorithm: str = "sha256") -> bytes:
        """The bare HMAC by the key `key_id`, for a caller who keeps the key's id in a place of its own."""
        return hmac.digest(self._derive(key_id, purpose), message.encode(), algorithm)

    def has_key(self, key_id: str) -> bool:
        """Whether the ring still holds this key."""
        return key_id != "current" and key_id in self._ring

    def is_hmac(self, purpose: str, message: str, expected: str) -> bool:
        """Whether `expected` is the HMAC of `message` by a key of this ring; takes the same time either way."""
        key_id = expected.partition(".")[0]
        if not self.has_key(key_id) or not expected.isascii():
            return False
        return hmac.compare_digest(self.hmac(purpose, message, key_id), expected)

    def seal(self, purpose: str, plain: str, context: str) -> str:
        """AES-256-GCM: `<key id>.<nonce and ciphertext>`; opens only with the same `context`."""
        return f"{self.current}.{encrypt(self._derive(self.current, purpose), plain, context)}"

    def open(self, purpose: str, sealed: str, context: str) -> str:
        """The text in `sealed`; raises CannotOpen."""
        key_id, _, body = sealed.partition(".")
        if not self.has_key(key_id):
            raise CannotOpen
        return decrypt(self._derive(key_id, purpose), body, context)

    def _derive(self, key_id: str, purpose: str) -> bytes:
        return _derive(self._ring[key_id], purpose)


def new_key() -> bytes:
    """A random key for `encrypt`."""
    return AESGCM.generate_key(256)


def encrypt(key: bytes, plain: str, context: str) -> str:
    """AES-256-GCM in base64url, the nonce first; opens only with the same `context`."""
    nonce = os.urandom(_NONCE_BYTES)
    return _encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode()))


def decrypt(key: bytes, sealed: str, context: str) -> str:
    """The text that `encrypt` sealed; raises CannotOpen."""
    try:
        data = base64.urlsafe_b64decode(sealed)
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context.encode()).decode()
    except (InvalidTag, ValueError) as trouble:
        raise CannotOpen from trouble


@cache
def key_ring(secret_id: str) -> KeyRing:
    """The ring in a secret, read once per environment."""
    return KeyRing(aws.secret(secret_id))


def forget_rings() -> None:
    """The next use reads them again: for work that must see a key which was added a moment ago."""
    key_ring.cache_clear()
    aws.secret.cache_clear()


@cache
def _derive(text: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(text.encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
