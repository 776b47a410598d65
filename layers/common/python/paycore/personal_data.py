"""Personal data at rest: sealed under a key of the person's own, so that whoever destroys the key erases the person.

KMS encrypts the secret with the ring `personal-keys`, the ring wraps each person's data key, and the data key seals
the fields (envelope encryption, NIST SP 800-57 part 1, 5.3.5). No request waits for KMS.
"""

import base64
import json
from dataclasses import asdict, dataclass

from paycore import settings
from paycore.crypto import KeyRing, decrypt, encrypt, key_ring, new_key
from paycore.settings import PersonalKeysSettings

_WRAPPING = "data-key"
_DATA = "data"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What says who somebody is: the address in its normal form, the name, and the phone number (E.164) if known."""

    email: str
    full_name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class PersonalKey:
    """One person's data key. What it sealed opens for this person and in the same field only."""

    person_id: str
    _key: bytes

    def __repr__(self) -> str:
        return f"PersonalKey({self.person_id})"

    @classmethod
    def make(cls, person_id: str) -> "PersonalKey":
        """A new key, for the account or for the one that a registration becomes."""
        return cls(person_id, new_key())

    @classmethod
    def unwrap(cls, person_id: str, wrapped: str) -> "PersonalKey":
        """The key as a row keeps it; raises CannotOpen."""
        return cls(person_id, base64.b64decode(_ring().open(_WRAPPING, wrapped, person_id)))

    def wrapped(self) -> str:
        """The form for a row, under the ring's current key: `<key id>.<ciphertext>`."""
        return _ring().seal(_WRAPPING, base64.b64encode(self._key).decode(), self.person_id)

    def seal(self, field: str, plain: str) -> str:
        """The text, sealed for this field."""
        return encrypt(self._key, plain, self._context(field))

    def open(self, field: str, sealed: str) -> str:
        """The text that was sealed for this field; raises CannotOpen."""
        return decrypt(self._key, sealed, self._context(field))

    def seal_data(self, data: PersonalData) -> str:
        """Everything at once."""
        return self.seal(_DATA, json.dumps(asdict(data)))

    def open_data(self, sealed: str) -> PersonalData:
        """What `seal_data` sealed; raises CannotOpen."""
        return PersonalData(**json.loads(self.open(_DATA, sealed)))

    def _context(self, field: str) -> str:
        return f"{self.person_id}|{field}"


def is_wrapped_anew(wrapped: str) -> bool:
    """Whether the ring's current key wrapped it: nothing is to be renewed."""
    return wrapped.partition(".")[0] == _ring().current


def _ring() -> KeyRing:
    return key_ring(settings.read(PersonalKeysSettings).personal_keys_secret)
