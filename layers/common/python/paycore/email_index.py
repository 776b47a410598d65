"""E-mail addresses as rows name them: as HMACs, by which somebody is found and nobody is read."""

from paycore import settings
from paycore.crypto import KeyRing, key_ring
from paycore.settings import RecipientKeysSettings

_PURPOSE = "recipient-address"


def address_hmacs(email: str) -> list[str]:
    """An address (in its normal form) by each key of the ring, the current one first: rows may have been made with any.

    A person is indexed by all of them, so two people with one address meet whatever ring each was written with.
    """
    ring = address_ring()
    return [ring.hmac(_PURPOSE, email, key_id) for key_id in ring.key_ids]


def address_ring() -> KeyRing:
    """The ring of all that has to find or keep an address without knowing whose it is."""
    return key_ring(settings.read(RecipientKeysSettings).recipient_keys_secret)
