"""The limits per address and per API key: exact sliding windows in Redis, and smaller ones while it is down."""

import time
from collections import deque
from dataclasses import dataclass

from paycore import cache
from paycore.cache_entries import Lookup
from paycore.errors import RateLimited

WINDOW_S = 60
KEY_LIMIT = 1_000  # of a known API key in a window, from whatever address; an unknown one counts against its address

# Sorted set of the accepted requests of the last window, by the server's clock in microseconds. A refused request
# is not added, so that waiting helps. Answers {accepted, remaining, seconds until the oldest leaves, state, body, now,
# whether a key was counted}.
# The session or key and the entry that the route will show ride along: a cached read costs one round trip in all. A key
# that is known has a window of its own; while it has just changed, too, or its owner would be short of requests.
_ADMIT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[2]) * 1000000
local counted, limit, is_key = KEYS[1], tonumber(ARGV[1]), 0
local state = false
if KEYS[2] ~= '' then state = redis.call('GET', KEYS[2]) end
if state and KEYS[4] ~= '' then
  local known = cjson.decode(state).state
  if known == 'active' or known == 'changed' then counted, limit, is_key = KEYS[4], tonumber(ARGV[4]), 1 end
end
redis.call('ZREMRANGEBYSCORE', counted, '-inf', now - window)
local used = redis.call('ZCARD', counted)
local accepted = 0
if used < limit then
  redis.call('ZADD', counted, now, ARGV[3])
  redis.call('PEXPIRE', counted, tonumber(ARGV[2]) * 1000)
  accepted = 1
  used = used + 1
end
local oldest = redis.call('ZRANGE', counted, 0, 0, 'WITHSCORES')
local reset = 0
if oldest[2] then reset = math.ceil((oldest[2] + window - now) / 1000000) end
local body = false
if KEYS[3] ~= '' then body = redis.call('HGET', KEYS[3], 'b') end
return {accepted, limit - used, reset, state, body, string.format('%.0f', now), is_key}
"""

# With Redis away each environment counts alone: a quarter of the limit is less than a few environments add up to.
_SHARE_WITHOUT_REDIS = 4


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an address or a key has left: `remaining` requests, `reset_s` until the window moves.

    `exact` if Redis counts; `policy` is what is counted: ip or key.
    """

    limit: int
    remaining: int
    reset_s: int
    exact: bool = True
    policy: str = "ip"

    def headers(self) -> list[tuple[bytes, bytes]]:
        """RateLimit and RateLimit-Policy (IETF draft-ietf-httpapi-ratelimit-headers)."""
        policy = self.policy.encode()
        return [
            (b"ratelimit-policy", b'"%s";q=%d;w=%d' % (policy, self.limit, WINDOW_S)),
            (b"ratelimit", b'"%s";r=%d;t=%d' % (policy, self.remaining, self.reset_s)),
        ]


@dataclass(frozen=True, slots=True)
class Lookups:
    """What else the one round trip reads: the state of the session or key that asks, and the entry that a GET shows."""

    state_key: str | None = None
    is_api_key: bool = False
    entry_key: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer of the one round trip: is the request within the allowance, and what was cached."""

    accepted: bool
    allowance: Allowance
    cached_state: str | None
    lookup: Lookup

    def refuse(self) -> RateLimited | None:
        """The refusal of a request beyond the limit."""
        return None if self.accepted else RateLimited(retry_after_s=max(1, self.allowance.reset_s))

    def hits(self, lookups: Lookups) -> dict[str, int]:
        """1 or 0: whether each of `lookups` was cached, by the first part of its key; empty while Redis is down."""
        found = {lookups.state_key: self.cached_state, self.lookup.key: self.lookup.text}
        return {key.partition(":")[0]: int(bool(text)) for key, text in found.items() if key and self.allowance.exact}


def admit(address: str, limit: int, request_id: str, lookups: Lookups = Lookups()) -> Admission:
    """Counts a request of `address` (a household), or of its API key once that is known, and reads `lookups` beside it.

    A `request_id` counts once. Without a session or a key nothing else is looked up.
    """
    state_key = lookups.state_key or ""
    entry_key = lookups.entry_key if state_key else None
    keys = [f"limit:ip:{address}", state_key, entry_key or "", f"limit:{state_key}" if lookups.is_api_key else ""]
    try:
        accepted, remaining, reset_s, state, body, now, is_key = cache.ask(
            lambda _: cache.script(_ADMIT)(keys=keys, args=[limit, WINDOW_S, request_id, KEY_LIMIT])
        )
    except cache.CacheUnavailable:
        return _alone.admit(address, max(1, limit // _SHARE_WITHOUT_REDIS))
    lookup = Lookup(entry_key or "", body, int(now))
    counted = (KEY_LIMIT, "key") if is_key else (limit, "ip")
    allowance = Allowance(counted[0], int(remaining), int(reset_s), policy=counted[1])
    return Admission(bool(accepted), allowance, state, lookup)


def move_to_address(address: str, limit: int, request_id: str, key_entry: str) -> Admission:
    """Counts a request that was counted for an API key against its address instead."""
    cache.tell(lambda client: client.zrem(f"limit:{key_entry}", request_id))
    return admit(address, limit, request_id)


class _LocalWindow:
    """The sliding window of one environment, for as long as Redis is away."""

    _ADDRESSES_MAX = 10_000  # bounds the memory: beyond it the window starts anew

    def __init__(self) -> None:
        self._accepted: dict[str, deque[float]] = {}

    def admit(self, address: str, limit: int) -> Admission:
        if len(self._accepted) > self._ADDRESSES_MAX:
            self._accepted.clear()
        instant = time.monotonic()
        times = self._accepted.setdefault(address, deque())
        while times and times[0] <= instant - WINDOW_S:
            times.popleft()
        accepted = len(times) < limit
        if accepted:
            times.append(instant)
        reset_s = int(times[0] + WINDOW_S - instant) + 1
        return Admission(accepted, Allowance(limit, limit - len(times), reset_s, exact=False), None, Lookup())


_alone = _LocalWindow()
