"""Entries of the cache, by version and by instant: nothing late or old replaces what is newer."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paycore import cache

# How long an entry lives, by the first part of its key.
_LIVES = {"user": 30 * 60, "wallet": 5 * 60, "transaction": 10 * 60}

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
# read before this moment is old. What has just been made comes with its body and the millisecond in which it was: it
# becomes the entry unless somebody has spoken of it since.
_OUTDATE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for place, key in ipairs(KEYS) do
  local life, version, body, made = unpack(ARGV, 4 * place - 3, 4 * place)
  local known = redis.call('HGET', key, 'v')
  if body ~= '' then
    if not known then
      redis.call('HSET', key, 'v', version, 'b', body)
      redis.call('PEXPIREAT', key, made + life * 1000)
    end
  elseif version == '' then
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


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What did not exist before `made_at`, with the body that its entry will have."""

    key: str
    version: int
    body: dict[str, Any]
    made_at: datetime


def fill(lookup: Lookup, version: int, body: dict[str, Any]) -> None:
    """Writes the entry that was looked up and missed, unless something newer is there or was announced since.

    A cache that is down is no reason to fail: what is old in it dies by its life.
    """
    if not lookup.key:
        return
    args = [version, _text(body), _life_s(lookup.key), lookup.read_at]
    with suppress(cache.CacheUnavailable):
        cache.ask(lambda _: cache.script(_FILL)(keys=[lookup.key], args=args))


def outdate(versions: Mapping[str, int | None], newcomer: Newcomer | None = None) -> None:
    """Says that these versions of the entries exist, in one round trip: what is older reads as a miss from now on.

    None: nobody knows the version, but whatever was read before this moment is old. A newcomer that nobody has spoken
    of yet is an entry from now on.
    """
    said = {key: (_life_s(key), "" if version is None else version, "", 0) for key, version in versions.items()}
    if newcomer is not None:
        made_ms = int(newcomer.made_at.timestamp() * 1000)
        said[newcomer.key] = (_life_s(newcomer.key), newcomer.version, _text(newcomer.body), made_ms)
    if not said:
        return
    args = [each for four in said.values() for each in four]
    with suppress(cache.CacheUnavailable):
        cache.ask(lambda _: cache.script(_OUTDATE)(keys=list(said), args=args))


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"))


def _life_s(key: str) -> int:
    return _LIVES[key.partition(":")[0]]
