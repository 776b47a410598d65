"""The policy that an authorizer returns, and whether it lets a request pass."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACTION = "execute-api:Invoke"


class BadPolicy(ValueError):
    """The authorizer's answer is not one that API Gateway accepts."""


@dataclass(frozen=True)
class Policy:
    """What an authorizer said of a caller; good for every request of the stage while it is cached."""

    context: Mapping[str, str]
    allowed: tuple[re.Pattern[str], ...]
    denied: tuple[re.Pattern[str], ...]

    def allows(self, arn: str) -> bool:
        """A Deny wins; what nothing allows is denied."""
        if any(pattern.fullmatch(arn) for pattern in self.denied):
            return False
        return any(pattern.fullmatch(arn) for pattern in self.allowed)


def read_policy(answer: Any) -> Policy:
    """The policy of a parsed answer; raises BadPolicy."""
    try:
        principal, statements = answer["principalId"], answer["policyDocument"]["Statement"]
    except (KeyError, TypeError) as error:
        raise BadPolicy(f"no {error} in the authorizer's answer") from error
    if not isinstance(principal, str):
        raise BadPolicy("principalId is not a text")
    patterns: dict[str, list[re.Pattern[str]]] = {"Allow": [], "Deny": []}
    for statement in _listed(statements):
        if unknown := set(statement) - {"Sid", "Effect", "Action", "Resource"}:
            raise BadPolicy(f"the local gateway does not evaluate {', '.join(sorted(unknown))}")
        if any(_pattern(action).fullmatch(ACTION) for action in _listed(statement["Action"])):
            patterns[statement["Effect"]] += map(_pattern, _listed(statement["Resource"]))
    context = {key: _text(key, value) for key, value in (answer.get("context") or {}).items()}
    return Policy({**context, "principalId": principal}, tuple(patterns["Allow"]), tuple(patterns["Deny"]))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards: `*` for any characters, `?` for one."""
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _text(key: str, value: Any) -> str:
    """Context values reach the function as texts."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
    raise BadPolicy(f"context value {key} is neither text, number nor boolean")
