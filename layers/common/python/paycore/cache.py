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

# How long an entry lives, by the first part of its key.
_LIVES = {"user": 30 * 60, "wallet": 5 * 60, "transaction": 10 * 60}

_TIMEOUT_S = 0.1  # a cache that is slower than the database is no cache
_FAILURES_MAX = 3
_PAUSE_S = 5.0

T = TypeVar("T")

# An entry is a hash: v version, b body, n the instant (Redis's clock, microseconds) before which nothing may have been
# read. An older version never replaces a newer one, and neither does a body that was read before n: a late write is
# void. An empty body says "at least this exists" and reads as a miss. An entry lives from the instant it was read.
_FILL = """
local known = redis.call('HMGET', KEYS[1], 'v', 'n')
if known[1] and tonumber(known[1]) > tonumber(ARGV[1]) then return 0 end
if known[2] and tonumber(known[2]) > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 'b', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], math.floor(tonumber(ARGV[4]) / 1000) + ARGV[3] * 1000)
return 1
"""
# For each key its life, then the version that exists now, or "" where only the instant tells: then everything that was
# read before this moment is old.
_OUTDATE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for place, key in ipairs(KEYS) do
  local life, version = tonumber(ARGV[2 * place - 1]), ARGV[2 * place]
  local known = redis.call('HGET', key, 'v')
  if version == '' then
    redis.call('HSET', key, 'v', known or '0', 'b', '', 'n', string.format('%.0f', now))
    redis.call('EXPIRE', key, life)
  elseif not known or tonumber(known) < tonumber(version) then
    redis.call('HSET', key, 'v', version, 'b', '')
    redis.call('EXPIRE', key, life)
  end
end
"""


def user_key(user_id: str) -> str:
    """Where a profile is cached."""
    return f"user:{user_id}"


def wallet_key(wallet_id: str) -> str:
    """Where a wallet is cached."""
    return f"wallet:{wallet_id}"


def transaction_key(transaction_id: str) -> str:
    """Where a transaction is cached."""
    return f"transaction:{transaction_id}"


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


_TRIES = 3  # a hiccup is one time-out; three in a row open the breaker, and then nobody else is answered from here


def tell(word: Callable[[redis.Redis], object]) -> bool:
    """Tells Redis of a change that was committed; whether it knows. If not, the life of an entry bounds the delay."""
    for _ in range(_TRIES):
        try:
            ask(word)
        except CacheUnavailable:
            continue
        return True
    logger.warning("a change is not in the cache")
    return False


@cache
def script(text: str) -> Callable[..., Any]:
    """A Lua script, run by its hash and loaded when the server does not know it."""
    return client().register_script(text)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the cache had under `key` when the request came in: `text` is None or empty for a miss.

    `read_at` is Redis's clock at that moment in microseconds: whatever the request reads later is no older. It is read
    in the one round trip that admits the request (paycore.rate_limit), never by one of its own.
    """

    key: str = ""
    text: str | None = None
    read_at: int = 0

    def body(self, key: str) -> dict[str, Any] | None:
        """The body of the entry `key`; None for a miss, a cache that is down, or when another key was looked up."""
        if key != self.key or not self.text:
            return None
        entry: dict[str, Any] = json.loads(self.text)
        return entry


def fill(lookup: Lookup, version: int, body: dict[str, Any]) -> None:
    """Writes the entry that was looked up and missed, unless something newer is there or was announced since.

    A cache that is down is no reason to fail: what is old in it dies by its life.
    """
    if not lookup.key:
        return
    text = json.dumps(body, separators=(",", ":"))
    life_s = _LIVES[lookup.key.partition(":")[0]]
    try:
        _breaker.call(lambda: script(_FILL)(keys=[lookup.key], args=[version, text, life_s, lookup.read_at]))
    except CacheUnavailable:
        return


def outdate(versions: Mapping[str, int | None]) -> None:
    """Says that these versions of the entries exist, in one round trip: what is older reads as a miss from now on.

    None: nobody knows the version, but whatever was read before this moment is old.
    """
    if not versions:
        return
    lives = [_LIVES[key.partition(":")[0]] for key in versions]
    known = ["" if version is None else version for version in versions.values()]
    arguments = [each for pair in zip(lives, known, strict=True) for each in pair]
    try:
        _breaker.call(lambda: script(_OUTDATE)(keys=list(versions), args=arguments))
    except CacheUnavailable:
        return
