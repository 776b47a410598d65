"""The key ring behind the addresses of recipients."""

from paycore import settings
from paycore.crypto import KeyRing, key_ring
from paycore.settings import RecipientKeysSettings


def recipient_ring() -> KeyRing:
    """The ring that turns addresses into HMACs and seals those that must be read again."""
    return key_ring(settings.read(RecipientKeysSettings).recipient_keys_secret)
