"""Reads a request body as one JSON object, and refuses what lenient readers let through (RFC 8259, RFC 7493)."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NoReturn

from paycore.errors import InvalidJson, InvalidRequest
from paycore.http.pointer import pointer

FAULTS_MAX = 20  # more help nobody, and an answer must not outgrow its request, nor what a function may answer
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
    if "\\u" in text and (places := list(islice(_bad_text(value), FAULTS_MAX))):
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


def _bad_text(value: object) -> Iterator[tuple[str | int, ...]]:
    """The ways to the texts (or the parents of the names) that hold NUL, a lone surrogate or U+FFFD.

    Without calling itself: how deep the JSON reader goes is its own affair.
    """
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str) and _is_bad(item):
            yield path
        elif isinstance(item, dict):
            if any(map(_is_bad, item)):
                yield path
            waiting += [((*path, name), item[name]) for name in reversed(item) if not _is_bad(name)]
        elif isinstance(item, list):
            waiting += [((*path, index), item[index]) for index in reversed(range(len(item)))]


def _is_bad(text: str) -> bool:
    return any(character in "\0\ufffd" or "\ud800" <= character <= "\udfff" for character in text)
