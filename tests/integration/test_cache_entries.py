"""Entries of the cache: nothing late or old is shown, whoever writes it when, and each dies a life after it was read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis

from local.configuration import HOST, Configuration
from local.secrets import redis_password
from paycore import cache, cache_entries, ids
from paycore.cache_entries import Lookup, Newcomer, wallet_key

LIFE_S = 5 * 60  # of a wallet


@pytest.fixture
def client(platform: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """Redis, as a function reaches it."""
    with redis.Redis(
        HOST,
        platform.ports.redis,
        password=redis_password(platform),
        ssl=True,
        ssl_ca_certs=str(platform.ca_file),
        decode_responses=True,
    ) as own:
        monkeypatch.setattr(cache, "client", lambda: own)
        cache.script.cache_clear()
        yield own
        cache.script.cache_clear()


@pytest.fixture
def key() -> str:
    return wallet_key(ids.new("wal"))


def _now(client: redis.Redis) -> int:
    """Redis's clock, in microseconds."""
    seconds, microseconds = client.time()
    return int(seconds) * 1_000_000 + int(microseconds)


def _body(client: redis.Redis, key: str) -> object:
    return client.hget(key, "b")


class TestFill:
    def test_of_an_older_version_is_void(self, client: redis.Redis, key: str) -> None:
        missed = Lookup(key, None, _now(client))
        cache_entries.fill(missed, 5, {"name": "five"})
        cache_entries.fill(missed, 4, {"name": "four"})
        assert _body(client, key) == '{"name":"five"}'
        cache_entries.fill(missed, 6, {"name": "six"})
        assert _body(client, key) == '{"name":"six"}'

    def test_of_a_version_before_one_that_was_told_is_void(self, client: redis.Redis, key: str) -> None:
        missed = Lookup(key, None, _now(client))
        cache_entries.outdate({key: 7})
        cache_entries.fill(missed, 6, {"name": "six"})
        assert _body(client, key) == "", "it reads as a miss"
        cache_entries.fill(missed, 7, {"name": "seven"})
        cache_entries.outdate({key: 7})
        assert _body(client, key) == '{"name":"seven"}', "the entry is as new as what was told"

    def test_of_what_was_read_before_a_change_of_no_version_is_void(self, client: redis.Redis, key: str) -> None:
        early = Lookup(key, None, _now(client))
        cache_entries.outdate({key: None})
        cache_entries.fill(early, 9, {"name": "early"})
        assert _body(client, key) == ""
        cache_entries.fill(Lookup(key, None, _now(client)), 9, {"name": "late"})
        assert _body(client, key) == '{"name":"late"}'

    @pytest.mark.parametrize("age_s", [0, 200])
    def test_lives_from_the_instant_it_was_read(self, client: redis.Redis, key: str, age_s: int) -> None:
        cache_entries.fill(Lookup(key, None, _now(client) - age_s * 1_000_000), 1, {"name": "one"})
        left_s = client.pttl(key) / 1000
        assert LIFE_S - age_s - 20 < left_s <= LIFE_S - age_s

    def test_of_what_is_older_than_a_life_leaves_nothing(self, client: redis.Redis, key: str) -> None:
        cache_entries.fill(Lookup(key, None, _now(client) - (LIFE_S + 1) * 1_000_000), 1, {"name": "one"})
        assert _body(client, key) is None


class TestNewcomer:
    def test_is_an_entry_at_once(self, client: redis.Redis, key: str) -> None:
        cache_entries.outdate({}, _newcomer(key))
        assert _body(client, key) == '{"name":"new"}'

    @pytest.mark.parametrize("version", [None, 1, 2])
    def test_of_whom_somebody_has_spoken_is_none(self, client: redis.Redis, key: str, version: int | None) -> None:
        cache_entries.outdate({key: version})
        cache_entries.outdate({}, _newcomer(key))
        assert _body(client, key) == "", "who spoke of it may know something newer"

    def test_is_old_once_somebody_says_so(self, client: redis.Redis, key: str) -> None:
        cache_entries.outdate({}, _newcomer(key))
        cache_entries.outdate({key: None})
        assert _body(client, key) == ""

    @pytest.mark.parametrize("age_s", [0, 200])
    def test_lives_from_the_instant_it_was_made(self, client: redis.Redis, key: str, age_s: int) -> None:
        cache_entries.outdate({}, _newcomer(key, age_s))
        left_s = client.pttl(key) / 1000
        assert LIFE_S - age_s - 20 < left_s <= LIFE_S - age_s

    def test_told_too_late_leaves_nothing(self, client: redis.Redis, key: str) -> None:
        cache_entries.outdate({}, _newcomer(key, LIFE_S + 1))
        assert _body(client, key) is None


def _newcomer(key: str, age_s: int = 0) -> Newcomer:
    return Newcomer(key, 1, {"name": "new"}, datetime.now(UTC) - timedelta(seconds=age_s))
