"""What part of a mixed run the caches answer: counted by who had to be asked instead."""

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from bench.load import request, run
from bench.table import Promise, Row
from local.configuration import HOST, Configuration
from local.secrets import redis_password
from local.story import Person

CONNECTIONS = 16
PROMISE = Promise(">=", 80)
WRITES_OF_CHANGE = 2  # into the profile's entry: that it is old, then what it is now
# What people do, by how often: the caches hold profiles and wallets; a balance is always read from PostgreSQL.
MIX = {"profile": 45, "wallet": 45, "balance": 8, "change": 2}


class _Fills:
    """Counts what is written into Redis, by the first part of the key: each miss fills its entry, each change too."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    @contextmanager
    def watching(self, configuration: Configuration) -> Iterator[None]:
        client = redis.Redis(
            HOST,
            configuration.ports.redis,
            password=redis_password(configuration),
            ssl=True,
            ssl_ca_certs=str(configuration.ca_file),
            decode_responses=True,
        )
        client.config_set("notify-keyspace-events", "K$h")
        events = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        events.psubscribe("__keyspace@0__:*")
        over = threading.Event()
        thread = threading.Thread(target=self._count, args=(events, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            client.config_set("notify-keyspace-events", "")
            client.close()

    def _count(self, events: redis.client.PubSub, over: threading.Event) -> None:
        while True:
            message = events.get_message(timeout=0.5)
            if message and message["data"] in ("set", "hset"):
                self.counts[message["channel"].split(":")[1]] += 1
            elif message is None and over.is_set():
                return


def hits(configuration: Configuration, people: list[Person], requests: int) -> tuple[list[Row], int]:
    """The share of each cache in percent, and how many requests failed.

    The second comes half as often as the first, the third a third as often (Zipf, as in YCSB). Entries begin cold.
    """
    comers = random.choices(people, [1 / rank for rank in range(1, len(people) + 1)], k=requests)
    plan = list(zip(comers, random.choices([*MIX], [*MIX.values()], k=requests), strict=True))
    asked = Counter(kind for _, kind in plan)
    fills, log = _Fills(), configuration.log_file("gateway-access")
    begins = log.stat().st_size
    with fills.watching(configuration):
        result = asyncio.run(
            run(configuration.ports.gateway, CONNECTIONS, 3600, lambda number: _asked(*plan[number]), 200, requests)
        )
    decisions = _authorizer_calls(log.read_bytes()[begins:])
    missed = {
        "authorizer's answers, in the gateway": (decisions, requests),
        "sessions, in Redis": (fills.counts["session"], requests),
        "profiles, in Redis": (fills.counts["user"] - WRITES_OF_CHANGE * asked["change"], asked["profile"]),
        "wallets, in Redis": (fills.counts["wallet"], asked["wallet"]),
    }
    rows = [
        Row(f"hits, {name}", 100 * (1 - missed / of), "%", promise=PROMISE) for name, (missed, of) in missed.items()
    ]
    return [Row(f"mixed run, {len(people):,} people", result.rate), *rows], result.errors


def _asked(person: Person, kind: str) -> bytes:
    token = str(person.client.token)
    if kind == "change":
        return request("PATCH", "/v1/users/me", token, {"full_name": f"Somebody {random.randrange(16**6):06x}"})
    paths = {"profile": "/v1/users/me", "wallet": f"/v1/wallets/{person.wallet_id}"}
    return request("GET", paths.get(kind, f"/v1/wallets/{person.wallet_id}/balance"), token)


def _authorizer_calls(log: bytes) -> int:
    """How often the gateway asked the authorizer; an answer that it had takes no time at all."""
    return sum(json.loads(line)["authorizerLatency"] not in ("0", "-") for line in log.splitlines())
