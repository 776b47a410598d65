"""Reads a request body as one JSON object, and refuses what lenient readers let through (RFC 8259, RFC 7493)."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from paycore.errors import InvalidJson, InvalidRequest
from paycore.http.pointer import pointer

_REPLACEMENT = "\ufffd"  # what API Gateway makes of bytes that are not UTF-8
_BYTE_ORDER_MARK = "\ufeff"


def read_object(body: bytes, names: Callable[[], frozenset[str]] = frozenset) -> dict[str, Any]:
    """The object in `body`; raises InvalidJson for bad syntax, InvalidRequest for text that nobody may store.

    `names` are those that a fault's pointer may show.
    """
    try:
        text = body.decode("utf-8")
        if _REPLACEMENT in text or text.startswith(_BYTE_ORDER_MARK):
            raise InvalidJson
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (
        ValueError,
        RecursionError,
    ) as trouble:  # ValueError: bad UTF-8, bad JSON, a number of 4,301 digits
        raise InvalidJson from trouble
    if not isinstance(value, dict):
        raise InvalidJson
    # only an escape can smuggle NUL or half a surrogate pair into clean UTF-8
    if "\\u" in text and (places := list(_bad_text(value, ()))):
        known = names()
        shown = dict.fromkeys(pointer(steps, known) for steps in places)
        raise InvalidRequest([{"param": each, "code": "invalid_text", "detail": _BAD_TEXT} for each in shown])
    return value


_BAD_TEXT = "The text holds NUL, a lone surrogate or U+FFFD."


def canonical(value: object) -> str:
    """One text for all spellings of the same JSON value: sorted names, no white space."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise InvalidJson
    return value


def _no_constant(_: str) -> NoReturn:
    raise InvalidJson


def _bad_text(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The ways to the texts (or the parents of the names) that hold NUL, a lone surrogate or U+FFFD."""
    if isinstance(value, str):
        if any(character in "\0\ufffd" or "\ud800" <= character <= "\udfff" for character in value):
            yield path
    elif isinstance(value, dict):
        for name, item in value.items():
            if list(_bad_text(name, path)):
                yield path
            else:
                yield from _bad_text(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _bad_text(item, (*path, index))
