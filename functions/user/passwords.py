"""Passwords: which are acceptable, and how they are kept (correctness.md S7). The only module that knows bcrypt.

Kept is bcrypt over base64(HMAC-SHA-384(pepper, password)). bcrypt reads 72 bytes and its library refuses more; the
64 characters of the HMAC fit, whatever was typed. And a stolen table is worthless without the pepper.
"""

import base64
import re
import unicodedata
from functools import cache
from pathlib import Path

import bcrypt

from functions.user.keys import identity_ring
from paycore.observability import logger

LENGTH_MIN = 12
LENGTH_MAX = 128
COST = 12  # about 0.3 s of one processor
_DISTINCT_MIN = 5
_BRAND = "paycore"
_LOCAL_PART_MIN = 4  # a shorter name stands in too many good passwords by chance
_PURPOSE = "password-pepper"
_SALT_PURPOSE = "pending-password-salt"
_SALT_BYTES = 16
# bcrypt writes base64 with an alphabet of its own.
_TO_BCRYPT = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
)
# Stands for a stored hash when there is none: of a text that was thrown away, so that comparing takes as long.
_NOBODY = "$2b$12$pSC8pHkSmBwyWSoTWVY.v.U5JIaYWypRgD8KkS.AAQ431dN.5X6.a"
# Rows and columns of keys that fingers run along, each also backwards, and the alphabet.
_RUNS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "!@#$%^&*()_+",
)
_RUN_MIN = 3
_CORE_MIN = 6  # among more digits than letters a run says little
_WORDS_MAX = 3  # of four and more words the guesser does not know which
_LOOKALIKES = str.maketrans("@$013457", "asoieast")


def fault_of(password: str, email: str) -> str | None:
    """Why a new password is refused: "too_short", "too_long", "too_common", "too_personal"; None for a good one.

    Length is counted in characters of the normal form NFC, as a person sees them. There are no rules about kinds of
    characters (NIST SP 800-63B, 3.1.1.2).
    """
    text = unicodedata.normalize("NFC", password)
    if len(text) < LENGTH_MIN:
        return "too_short"
    if len(text) > LENGTH_MAX:
        return "too_long"
    plain = unicodedata.normalize("NFKC", text).casefold()
    local_part = email.partition("@")[0]
    if _BRAND in plain or email in plain or (len(local_part) >= _LOCAL_PART_MIN and local_part in plain):
        return "too_personal"
    return "too_common" if _is_common(plain) else None


def _is_common(plain: str) -> bool:
    repeats = plain in (plain + plain)[1:-1]
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)  # without the digits and signs around it
    compact = re.sub(r"[\W_]", "", plain)
    spellings = (re.sub(r"[\W\d_]", "", text) for text in (core, core.translate(_LOOKALIKES)))
    return (
        repeats
        or len(set(plain)) < _DISTINCT_MIN
        or _is_run(plain)
        or _is_run(compact)
        or (len(core) >= _CORE_MIN and _is_run(core))
        or any(_is_of_words(words, _WORDS_MAX) for words in spellings)
        or not _lines("common_passwords.txt").isdisjoint({plain, compact, compact.strip("0123456789")})
    )


def _is_run(text: str) -> bool:
    """Whether fingers get through the whole of `text` in runs along the keys or the alphabet."""
    rows = [row for each in _RUNS for row in (each, each[::-1])]
    start = 0
    while start < len(text):
        end = start + _RUN_MIN
        if end > len(text) or not any(text[start:end] in row for row in rows):
            return False
        while end < len(text) and any(text[start : end + 1] in row for row in rows):
            end += 1
        start = end
    return bool(text)


def _is_of_words(text: str, words_max: int) -> bool:
    """Whether `text` is one to `words_max` of the common words and nothing else."""
    if words_max == 0:
        return False
    return any(
        text == word or _is_of_words(text.removeprefix(word), words_max - 1)
        for word in _lines("common_words.txt")
        if text.startswith(word)
    )


@cache
def _lines(name: str) -> frozenset[str]:
    """Well-known passwords of at least LENGTH_MIN characters (the shorter ones are refused for their length) and
    phrases without their spaces; or the words that stay guessable together, and with digits and signs around them.
    """
    return frozenset(Path(__file__).with_name(name).read_text(encoding="utf-8").split())


def kept_form(password: str) -> str:
    """What is stored: `<pepper key id>.<bcrypt hash>`. Takes as long as `matches`."""
    key_id = identity_ring().current
    return f"{key_id}.{bcrypt.hashpw(_peppered(password, key_id), bcrypt.gensalt(COST)).decode()}"


def pending_form(password: str, email: str) -> str:
    """What is stored until the address is verified: with one salt per address, so that a single hash can be looked for
    among all registrations of that address. Takes as long as `matches`.
    """
    key_id = identity_ring().current
    salt = base64.b64encode(identity_ring().mac(_SALT_PURPOSE, email, key_id)[:_SALT_BYTES]).rstrip(b"=")
    prefix = f"$2b${COST}$".encode()
    return f"{key_id}.{bcrypt.hashpw(_peppered(password, key_id), prefix + salt.translate(_TO_BCRYPT)).decode()}"


def is_outdated(kept: str) -> bool:
    """Whether the pepper of a kept password is not the current one."""
    return kept.partition(".")[0] != identity_ring().current


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the kept one. None (nobody has this address) and what cannot be read take the same time
    and are never right.
    """
    if kept is not None:
        key_id, _, hashed = kept.partition(".")
        try:
            return bcrypt.checkpw(_peppered(password, key_id), hashed.encode())
        except (ValueError, KeyError):  # not a bcrypt hash, or its pepper is gone
            logger.error("a stored password hash cannot be read")
    bcrypt.checkpw(_peppered(password, identity_ring().current), _NOBODY.encode())
    return False


def _peppered(password: str, key_id: str) -> bytes:
    text = unicodedata.normalize("NFC", password)
    return base64.b64encode(identity_ring().mac(_PURPOSE, text, key_id, "sha384"))
