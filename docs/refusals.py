"""With which statuses an operation may refuse, as far as the code says so.

What stands in front of every route is known from what the route demands. What its use case refuses, the docstrings of
the functions that the route calls name ("Raises UserNotFound"). What nobody names is left to the document's ranges.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any

from paycore.errors import PaymentError, all_errors

# An unknown parameter, the limit, a bug, and a server that is away or busy.
_OF_ALL = {400, 429, 500, 503}
_OF_PROTECTED = {401, 403}
_OF_BODIES = {413, 415, 422}
_OF_IDS = {404}
# A twin that is under way, or what the ledger says of states.
_OF_KEYS = {409}
# What moves money names wallets or transactions in its path or body.
_OF_MOVEMENTS = {404}


def statuses(path: str, operation: dict[str, Any], endpoint: Callable[..., Any]) -> list[str]:
    """In ascending order. `operation` is that of the document at `path`, `endpoint` the function of its route."""
    rule = operation.get("x-idempotency-key", "ignored")
    of_some = [
        (operation["x-permission"] != "public", _OF_PROTECTED),
        ("requestBody" in operation, _OF_BODIES),
        ("{" in path, _OF_IDS),
        (rule != "ignored", _OF_KEYS),
        (rule == "required", _OF_MOVEMENTS),
    ]
    known = _OF_ALL.union(*(each for is_so, each in of_some if is_so))
    return [str(status) for status in sorted(known | {error.status for error in _raised(endpoint)})]


def _raised(endpoint: Callable[..., Any]) -> Iterator[type[PaymentError]]:
    errors = {error.__name__: error for error in all_errors().values()}
    for called in _called(endpoint):
        words = re.findall(r"[A-Z]\w+", inspect.getdoc(called) or "")
        yield from (errors[word] for word in words if word in errors)


def _called(function: Callable[..., Any]) -> Iterator[object]:
    """What a route's function calls by a name, and so on within its module."""
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in function.__globals__:
            called = function.__globals__[node.func.id]
            yield called
            if inspect.isfunction(called) and called.__module__ == function.__module__:
                yield from _called(called)
