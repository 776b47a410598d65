"""The limit per address: an exact sliding window in Redis, a smaller one of this environment while Redis is down."""

import time
from collections import deque
from dataclasses import dataclass

from paycore import cache
from paycore.cache import Lookup
from paycore.errors import RateLimited

WINDOW_S = 60

# Sorted set of the accepted requests of the last window, by the server's clock in microseconds. A refused request
# is not added, so that waiting helps. Answers {accepted, remaining, seconds until the oldest leaves, session, body,
# now}.
# The session and the entry that the route will show ride along: a cached read costs one round trip in all.
_ADMIT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[2]) * 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local used = redis.call('ZCARD', KEYS[1])
local limit = tonumber(ARGV[1])
local accepted = 0
if used < limit then
  redis.call('ZADD', KEYS[1], now, ARGV[3])
  redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) * 1000)
  accepted = 1
  used = used + 1
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local reset = 0
if oldest[2] then reset = math.ceil((oldest[2] + window - now) / 1000000) end
local session = false
if KEYS[2] then session = redis.call('GET', KEYS[2]) end
local body = false
if KEYS[3] then body = redis.call('HGET', KEYS[3], 'b') end
return {accepted, limit - used, reset, session, body, string.format('%.0f', now)}
"""

# With Redis away each environment counts alone: a quarter of the limit is less than a few environments add up to.
_SHARE_WITHOUT_REDIS = 4


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an address has left: `remaining` requests, `reset_s` until the window moves; `exact` if Redis counts."""

    limit: int
    remaining: int
    reset_s: int
    exact: bool = True

    def headers(self) -> list[tuple[bytes, bytes]]:
        """RateLimit and RateLimit-Policy (IETF draft-ietf-httpapi-ratelimit-headers)."""
        return [
            (b"ratelimit-policy", b'"ip";q=%d;w=%d' % (self.limit, WINDOW_S)),
            (b"ratelimit", b'"ip";r=%d;t=%d' % (self.remaining, self.reset_s)),
        ]


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer of the one round trip: is the request within the allowance, and what was cached."""

    accepted: bool
    allowance: Allowance
    cached_session: str | None
    lookup: Lookup

    def refuse(self) -> RateLimited | None:
        """The refusal of a request beyond the limit."""
        return None if self.accepted else RateLimited(retry_after_s=max(1, self.allowance.reset_s))


def admit(
    address: str, limit: int, request_id: str, session_key: str | None = None, entry_key: str | None = None
) -> Admission:
    """Counts a request of `address` and reads the session's entry beside it, and `entry_key` beside that.

    A `request_id` counts once. Without a session nothing else is looked up.
    """
    keys = [f"limit:ip:{address}"]
    if session_key:
        keys += [session_key] + ([entry_key] if entry_key else [])
    try:
        accepted, remaining, reset_s, session, body, now = cache.ask(
            lambda _: cache.script(_ADMIT)(keys=keys, args=[limit, WINDOW_S, request_id])
        )
    except cache.CacheUnavailable:
        return _alone.admit(address, max(1, limit // _SHARE_WITHOUT_REDIS))
    lookup = Lookup(entry_key or "", body, int(now))
    return Admission(bool(accepted), Allowance(limit, int(remaining), int(reset_s)), session, lookup)


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
