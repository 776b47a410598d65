"""The user service's key ring; every use of it names a purpose of its own."""

from paycore import settings
from paycore.crypto import KeyRing, key_ring
from paycore.settings import IdentityKeysSettings, NoticesKeysSettings


def identity_ring() -> KeyRing:
    """The ring that never leaves this service."""
    return key_ring(settings.read(IdentityKeysSettings).identity_keys_secret)


def notices_ring() -> KeyRing:
    """The ring that the notification service opens one-time codes with."""
    return key_ring(settings.read(NoticesKeysSettings).notices_keys_secret)
