"""The key that signs access tokens, read again now and then: a rotation must reach warm environments."""

import time
from dataclasses import dataclass

from paycore import aws, settings
from paycore.errors import Unavailable
from paycore.observability import logger
from paycore.settings import TokenSigningSettings

_LIFE_S = 5 * 60  # far less than the time for which a retired public key stays published


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key and the id by which its public half is found."""

    kid: str
    private_key_pem: str


class _Keeper:
    """Keeps the key of this environment for a while."""

    def __init__(self) -> None:
        self._key: SigningKey | None = None
        self._read_at = 0.0

    def key(self) -> SigningKey:
        if self._key is None or time.monotonic() - self._read_at > _LIFE_S:
            self._key = self._read()
            self._read_at = time.monotonic()
        return self._key

    def _read(self) -> SigningKey:
        try:
            value = aws.fresh_secret(settings.read(TokenSigningSettings).token_signing_secret)
        except Unavailable:
            if self._key is None:
                raise
            logger.warning("the signing key cannot be read again: the known one goes on")
            return self._key
        return SigningKey(value["kid"], value["private_key_pem"])


_keeper = _Keeper()


def signing_key() -> SigningKey:
    """The current key, at most five minutes old; raises Unavailable where none was ever read."""
    return _keeper.key()
