"""How much the gateway lets through: the stage's throttle and the firewall's rate rule per address."""

import time
from collections.abc import Mapping
from typing import Any

from local.gateway.routes import UnsupportedApi
from local.template import Template

WINDOW_DEFAULT_SECONDS = 300  # AWS WAF
SLICES = 12  # a window is counted in slices: five seconds for a minute, finer than AWS's ten-second checks
UNLIMITED = -1


class TokenBucket:
    """API Gateway's throttle: `rate` requests a second with bursts of `burst`."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._filled_at = burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Throttle:
    """The stage's method settings; a setting of one method counts instead of the stage's."""

    def __init__(self, settings: list[Mapping[str, Any]]) -> None:
        self._buckets = {
            (setting["ResourcePath"].replace("~1", "/"), setting["HttpMethod"]): TokenBucket(
                setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"]
            )
            for setting in settings
            if setting.get("ThrottlingRateLimit", UNLIMITED) != UNLIMITED
        }

    def admits(self, resource_path: str, method: str) -> bool:
        """Whether this request is within the limit that counts for it."""
        for key in ((f"/{resource_path}", method), (f"/{resource_path}", "*"), ("/*", "*")):
            if bucket := self._buckets.get(key):
                return bucket.take()
        return True


class AddressRate:
    """The firewall's rate rule: an address with more than `limit` requests in the window is blocked until it slows."""

    def __init__(self, limit: int, window_seconds: float) -> None:
        self._limit = limit
        self._slice_seconds = window_seconds / SLICES
        self._counts: dict[str, list[int]] = {}
        self._newest = 0

    def admits(self, address: str) -> bool:
        """Counts the request, whether it passes or not."""
        current = int(time.monotonic() / self._slice_seconds)
        if current != self._newest:
            self._advance(current)
        counts = self._counts.get(address)
        if counts is None:
            counts = self._counts[address] = [0] * SLICES
        counts[current % SLICES] += 1
        return sum(counts) <= self._limit

    def _advance(self, current: int) -> None:
        """Empties the slices that have left the window and forgets silent addresses."""
        steps = min(current - self._newest, SLICES)
        for counts in self._counts.values():
            for step in range(steps):
                counts[(current - step) % SLICES] = 0
        self._counts = {address: counts for address, counts in self._counts.items() if any(counts)}
        self._newest = current


class Firewall:
    """The rate rule, on every path but those that begin with `uncounted`."""

    def __init__(self, rate: AddressRate, uncounted: str | None) -> None:
        self._rate, self._uncounted = rate, uncounted

    def admits(self, address: str, path: str) -> bool:
        """Whether the request passes; `path` begins with the stage, as AWS WAF sees it."""
        if self._uncounted is not None and path.startswith(self._uncounted):
            return True
        return self._rate.admits(address)


def firewall_of(template: Template) -> Firewall | None:
    """The blocking rate rule of the web ACL; rules that only count, and managed lists, block nobody here."""
    for acl in template.of_kind("AWS::WAFv2::WebACL"):
        for rule in acl.properties["Rules"]:
            statement = rule["Statement"].get("RateBasedStatement")
            if statement is None or "Block" not in rule.get("Action", {}):
                continue
            if statement["AggregateKeyType"] != "IP":
                raise UnsupportedApi(f"rate rule {rule['Name']} is not by source address alone")
            rate = AddressRate(statement["Limit"], statement.get("EvaluationWindowSec", WINDOW_DEFAULT_SECONDS))
            return Firewall(rate, _uncounted(statement.get("ScopeDownStatement")))
    return None


def _uncounted(scope: Mapping[str, Any] | None) -> str | None:
    """How the paths begin that the rule leaves out: the one scope-down statement known here."""
    match scope:
        case None:
            return None
        case {
            "NotStatement": {
                "Statement": {
                    "ByteMatchStatement": {
                        "FieldToMatch": {"UriPath": {}},
                        "PositionalConstraint": "STARTS_WITH",
                        "SearchString": str(start),
                        "TextTransformations": [{"Type": "NONE"}],
                    }
                }
            }
        }:
            return start
    raise UnsupportedApi(f"a rate rule counts only what fits {scope}")
