"""Redis: one client per environment behind a breaker, and versioned entries. Never a source of truth for money."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from paycore import aws, settings
from paycore.observability import logger
from paycore.settings import RedisSettings

USER_LIFE_S = 30 * 60
WALLET_LIFE_S = 5 * 60
TRANSACTION_LIFE_S = 10 * 60

_TIMEOUT_S = 0.1  # a cache that is slower than the database is no cache
_FAILURES_MAX = 3
_PAUSE_S = 5.0

T = TypeVar("T")

# An entry is a hash of version and body. An older version never replaces a newer one; a body that is empty marks
# "at least this version exists" and reads as a miss.
_REPLACE = """
local known = redis.call('HGET', KEYS[1], 'v')
if known and tonumber(known) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'b', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
_OUTDATE = """
for place, key in ipairs(KEYS) do
  local known = redis.call('HGET', key, 'v')
  if not known or tonumber(known) < tonumber(ARGV[place + 1]) then
    redis.call('HSET', key, 'v', ARGV[place + 1], 'b', '')
    redis.call('EXPIRE', key, ARGV[1])
  end
end
"""


def wallet_key(wallet_id: str) -> str:
    """Where a wallet is cached."""
    return f"wallet:{wallet_id}"


class CacheUnavailable(Exception):
    """Redis does not answer: the caller goes on without it, as its route class demands."""


class _Breaker:
    """After three failures in a row, no attempt for five seconds; then one attempt decides."""

    def __init__(self) -> None:
        self._failures = 0
        self._closed_until = 0.0

    def call(self, ask: Callable[[], T]) -> T:
        if time.monotonic() < self._closed_until:
            raise CacheUnavailable
        try:
            answer = ask()
        except (redis.RedisError, OSError) as trouble:
            self._failures += 1
            if self._failures >= _FAILURES_MAX:
                self._closed_until = time.monotonic() + _PAUSE_S
            logger.warning("redis does not answer", extra={"trouble": type(trouble).__name__})
            raise CacheUnavailable from trouble
        self._failures = 0
        return answer


_breaker = _Breaker()


@cache
def client() -> redis.Redis:
    """The Redis client: verified TLS, a password, no retries (a repeated script would count twice)."""
    own = settings.read(RedisSettings)
    return redis.Redis(
        host=own.redis_host,
        port=own.redis_port,
        password=aws.secret(own.redis_secret)["password"],
        ssl=True,
        ssl_ca_certs=own.redis_ca_file or None,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        protocol=2,
    )


def ask(question: Callable[[redis.Redis], T]) -> T:
    """Puts one question to Redis; raises CacheUnavailable where there is no answer in time."""
    return _breaker.call(lambda: question(client()))


@cache
def script(text: str) -> Callable[..., Any]:
    """A Lua script, run by its hash and loaded when the server does not know it."""
    return client().register_script(text)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the cache had under `key` when the request came in: `text` is None or empty for a miss.

    It is read in the one round trip that admits the request (paycore.rate_limit), never by one of its own.
    """

    key: str = ""
    text: str | None = None

    def body(self, key: str) -> dict[str, Any] | None:
        """The body of the entry `key`; None for a miss, a cache that is down, or when another key was looked up."""
        if key != self.key or not self.text:
            return None
        entry: dict[str, Any] = json.loads(self.text)
        return entry


def replace(key: str, version: int, body: dict[str, Any], life_s: int) -> None:
    """Writes an entry unless a newer version is there.

    A cache that is down is no reason to fail: what is old in it dies by its life.
    """
    text = json.dumps(body, separators=(",", ":"))
    try:
        _breaker.call(lambda: script(_REPLACE)(keys=[key], args=[version, text, life_s]))
    except CacheUnavailable:
        return


def outdate(versions: Mapping[str, int], life_s: int) -> None:
    """Says that these versions of the entries exist, in one round trip: what is older reads as a miss from now on."""
    try:
        _breaker.call(lambda: script(_OUTDATE)(keys=list(versions), args=[life_s, *versions.values()]))
    except CacheUnavailable:
        return
