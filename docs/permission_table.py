"""Renders docs/permissions.md: which role has which permission, and what every operation answers to whom."""

from collections.abc import Iterator
from typing import Any

from paycore.permissions import ROLES, SCOPES

BARE = "bare admin"  # whose session has shown no second factor
FRESH = "fresh admin"  # whose session has shown one just now
# Who asks, with which roles.
ASKING: dict[str, set[str]] = {
    "no token": set(),
    "user": {"user"},
    "other user": {"user"},
    "merchant": {"user", "merchant"},
    "admin": {"user", "admin"},
    FRESH: {"user", "admin"},
    BARE: {"user", "admin"},
    "key": {"user", "merchant"},
    "key of one scope": {"user", "merchant"},
}
# API keys of the merchant, and what they are for.
KEYS: dict[str, list[str]] = {"key": sorted(SCOPES), "key of one scope": ["notifications:read"]}
PASSES, MISSING, FORBIDDEN, ABSENT = "passes", "401 `missing_token`", "403 `forbidden`", "404"
NO_FACTOR = "403 `second_factor_required`"
STEP_UP = "403 `step_up_required`"  # also where the last sign-in is too long ago

ABOUT = """# Permissions

Generated from `paycore/permissions.py` and the OpenAPI document.

A person has the permissions of all their roles, and everybody is a user. Every operation needs one permission
(`x-permission` in the OpenAPI document), or it is public. With a user's permission one may do something with what is
one's own; `..._any` is the same permission for what belongs to others. A permission without an operation is asked for
inside of some. What an admin alone may do takes a session that has shown a second factor, and is refused with 503 while
Redis, which counts requests, is down.
"""
ANSWERS = f"""## Answers

What an operation answers to whom, where an id in its path names something of `user`, or of `merchant` where only
merchants have such things. "{PASSES}" is anything but 401 and 403, and but 404 for such an id; "{ABSENT}" is the very
same answer as for something that does not exist. Nobody here but `{FRESH}` has just signed in or shown a second factor;
the session of `admin` has shown one an hour ago, that of `{BARE}` none. `key` and
`key of one scope` are API keys of `merchant`: one of all scopes, one for `{", ".join(KEYS["key of one scope"])}`.
`tests/integration/test_permissions.py` asks them all.
"""


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    return "\n".join([ABOUT, *_permissions(document), "", ANSWERS, *_answers(document)]) + "\n"


def answer(permission: str, path: str, who: str, *, step_up: bool) -> str:
    """What somebody is answered at an operation that needs this permission, and perhaps a recent sign-in."""
    if permission == "public":
        return PASSES
    if not ASKING[who]:
        return MISSING
    if permission not in KEYS.get(who, [permission]):
        return FORBIDDEN
    rights = {right for role, given in ROLES.items() if role in ASKING[who] for right in given}
    if permission not in rights:
        return FORBIDDEN
    if who == BARE:
        if permission in ROLES["admin"]:
            return NO_FACTOR
        rights -= ROLES["admin"]
    if step_up and who != FRESH:
        return STEP_UP
    is_own = who == owner_of(permission) or permission in ROLES["admin"] or "{" not in path
    return PASSES if is_own or f"{permission}_any" in rights else ABSENT


def owner_of(permission: str) -> str:
    """Whose things an operation with this permission is asked about."""
    return "merchant" if permission in ROLES["merchant"] else "user"


def _permissions(document: dict[str, Any]) -> Iterator[str]:
    operations: dict[str, list[str]] = {}
    for method, path, permission, _ in _operations(document):
        operations.setdefault(permission, []).append(f"{method} {path}")
    yield from _head("permission", *ROLES, "scope of a key", "operations")
    for permission in sorted(frozenset[str]().union(*ROLES.values())):
        given = ["yes" if permission in rights else "" for rights in (*ROLES.values(), SCOPES)]
        yield _row(f"`{permission}`", *given, ", ".join(operations.get(permission, ())))


def _answers(document: dict[str, Any]) -> Iterator[str]:
    yield from _head("operation", "permission", *ASKING)
    for method, path, permission, step_up in _operations(document):
        answers = [answer(permission, path, who, step_up=step_up) for who in ASKING]
        yield _row(f"{method} {path}", f"`{permission}`", *answers)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    for path, operations in sorted(document["paths"].items()):
        for method, operation in sorted(operations.items()):
            step_up = operation.get("x-step-up", False) or operation.get("x-recent-sign-in", False)
            yield method.upper(), path, operation["x-permission"], step_up


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
