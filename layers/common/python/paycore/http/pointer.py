"""JSON pointers (RFC 6901) to a fault in a request body, in our own words only: the client's names are not echoed."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel


def pointer(steps: Iterable[str | int], names: frozenset[str]) -> str:
    """The way to the fault as far as it is indexes and names of the model; the rest is the client's own text."""
    shown = []
    for step in steps:
        if not isinstance(step, int) and step not in names:
            break
        shown.append(f"/{step}")
    return "".join(shown) or "/"


@cache
def names_of(model: type[BaseModel]) -> frozenset[str]:
    """The names of a model's fields and of its parts'. Ours hold no character that a pointer would escape."""
    names: set[str] = set()
    parts: list[Any] = [model.model_json_schema()]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            names.update(part.get("properties", ()))
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return frozenset(names)
