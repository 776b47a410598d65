"""Redis: one client per environment behind a breaker. Never a source of truth for money."""

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from paycore import aws, settings
from paycore.observability import logger
from paycore.settings import RedisSettings

_TIMEOUT_S = 0.1  # a cache that is slower than the database is no cache
_FAILURES_MAX = 3
_PAUSE_S = 5.0

T = TypeVar("T")


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
