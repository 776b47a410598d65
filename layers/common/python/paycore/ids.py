"""Ids: UUIDs in time order (RFC 9562, version 7), printed with a prefix that names the object.

An id is `<prefix>_` and 26 characters of Crockford's base 32 in lower case, the same text in the database, in events,
in logs and in the API.
"""

import os
import re
import time
from datetime import UTC, datetime
from typing import Literal, get_args
from uuid import UUID

Prefix = Literal[
    "vfy",
    "usr",
    "ses",
    "reg",
    "wal",
    "tx",
    "ent",
    "pm",
    "pay",
    "re",
    "evt",
    "ntf",
    "aud",
    "quo",
    "rate",
    "sch",
    "blk",
    "rule",
    "otc",
    "key",
    "eml",
]

PREFIXES: tuple[str, ...] = get_args(Prefix)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BODY = f"[0-7][{_ALPHABET}]{{25}}"  # 130 bits carry the 128 of a UUID: the first character has two to spare
_FORMS = {prefix: re.compile(f"{prefix}_{_BODY}") for prefix in PREFIXES}
_LENGTH_MAX = 31


class MalformedId(ValueError):
    """Not an id of this kind: to a client the same as an absent one."""


def new_uuid() -> UUID:
    """A version 7 UUID: 48 bits of Unix milliseconds, then randomness."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | random
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def new(prefix: Prefix) -> str:
    """A new id. Ids of one process are in the order of their milliseconds."""
    return show(prefix, new_uuid())


def show(prefix: Prefix, value: UUID) -> str:
    """The printed form of a UUID."""
    return prefix + "_" + "".join(_ALPHABET[(value.int >> shift) & 31] for shift in range(125, -1, -5))


def made_at(text: str) -> datetime:
    """When one of our ids was made, to the millisecond; only for an id that passed `check` or that we made."""
    value = 0
    for character in text.partition("_")[2]:
        value = (value << 5) | _ALPHABET.index(character)
    return datetime.fromtimestamp((value >> 80) / 1000, UTC)


def check(prefix: Prefix, text: str) -> str:
    """`text` itself; raises MalformedId for anything but exactly our own form."""
    if not is_id(prefix, text):
        raise MalformedId(prefix)
    return text


def is_id(prefix: Prefix, text: str) -> bool:
    """Whether `text` is exactly our own form."""
    return len(text) <= _LENGTH_MAX and _FORMS[prefix].fullmatch(text) is not None
