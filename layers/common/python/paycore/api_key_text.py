"""The text of an API key: what anybody can check without asking anybody, and what is kept of it.

`sk_`, 43 random characters (256 bits) and 6 of a CRC-32: a typing error or a made-up key is refused before it costs a
question. Of a key only its SHA-256 is kept; from 256 random bits that is as good as a slow hash.
"""

import hashlib
import re
import secrets
import zlib

SCHEME = "sk_"
SHOWN_CHARACTERS = len(SCHEME) + 5  # of a key in lists, mails and records: enough to tell one's keys apart
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BITS, _RANDOM_CHARACTERS, _CHECK_CHARACTERS = 256, 43, 6  # 62^43 > 2^256, 62^6 > 2^32
_FORM = re.compile(f"{SCHEME}[0-9A-Za-z]{{{_RANDOM_CHARACTERS + _CHECK_CHARACTERS}}}")


def new_key() -> str:
    """A key that nobody had."""
    body = SCHEME + _base62(secrets.randbits(_RANDOM_BITS), _RANDOM_CHARACTERS)
    return body + _check(body)


def is_well_formed(text: str) -> bool:
    """Whether it can be a key of ours: its form and its checksum."""
    if _FORM.fullmatch(text) is None:
        return False
    return text[-_CHECK_CHARACTERS:] == _check(text[:-_CHECK_CHARACTERS])


def digest(key: str) -> str:
    """What is kept of a key: its SHA-256, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK_CHARACTERS)


def _base62(number: int, characters: int) -> str:
    digits = []
    for _ in range(characters):
        number, place = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[place])
    return "".join(reversed(digits))
