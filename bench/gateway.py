"""Measures routes of the running system and prints their rows."""

import asyncio
import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.load import Result, request, run
from bench.people import Crowd, Wallet
from bench.table import Promise, Row, print_row
from local import processes
from local.configuration import Configuration
from local.runtimes import start_runtime, wait_for_runtime

CONSUMERS = ("poller", "scheduler")
RELAY_RUN_S = 61.0  # the run that the scheduler began just before it stopped
SECONDS = float(os.environ.get("BENCH_SECONDS", "8"))  # of each row; with 8 the whole takes about four minutes
WARM_UP_S = 2.0  # environments, plans, caches


@contextmanager
def without_consumers(configuration: Configuration) -> Iterator[float]:
    """Relay, notification and audit rest, which on AWS have machines of their own; yields from when on they do."""
    processes.stop(configuration, CONSUMERS)
    try:
        yield time.monotonic() + RELAY_RUN_S
    finally:
        for name in CONSUMERS:
            start_runtime(configuration, name)
        for name in CONSUMERS:
            wait_for_runtime(configuration, name)


class Bench:
    """Measures one route after the other, prints its rows, counts what failed."""

    def __init__(self, port: int, crowd: Crowd) -> None:
        self._port = port
        self.crowd = crowd
        self.errors = 0

    def alone(self) -> None:
        """One connection: latency, with nobody to wait for."""
        hello = self._run(1, self.hello, 200)
        result = self._run(1, self.transfer, 201)
        medians = (result.percentile(0.5), hello.percentile(0.5))
        print_row(Row("transfer, one connection, p50; hello", medians[0], "ms", medians[1], Promise("<=", 2.2)))

    def measure(
        self,
        name: str,
        connections: int,
        make: Callable[[int], bytes],
        expected: int,
        baseline: Result | None = None,
        rate: Promise | None = None,
        p99: Promise | None = None,
    ) -> Result:
        """Rate and p99 of one route."""
        result = self._run(connections, make, expected)
        print_row(Row(name, result.rate, "/s", baseline.rate if baseline else None, rate))
        before = baseline.percentile(0.99) if baseline else None
        print_row(Row("  p99", result.percentile(0.99), "ms", before, p99))
        return result

    def _run(self, connections: int, make: Callable[[int], bytes], expected: int) -> Result:
        asyncio.run(run(self._port, connections, WARM_UP_S, make, {expected}))
        result = asyncio.run(run(self._port, connections, SECONDS, make, {expected}))
        if result.errors:
            print(f"{result.errors} requests were not answered with {expected}")
        self.errors += result.errors
        return result

    def hello(self, _: int) -> bytes:
        """The smallest answer that a function gives: what the way there costs."""
        return request("GET", "/.well-known/jwks.json")

    def read(self, number: int) -> bytes:
        """One wallet after the other."""
        wallet = self.crowd.wallets[number % len(self.crowd.wallets)]
        return request("GET", f"/v1/wallets/{wallet.id}", wallet.token)

    def transfer(self, _: int) -> bytes:
        """Between two random wallets."""
        return _transfer(*random.sample(self.crowd.wallets, 2))

    def transfer_to(self, target: Wallet) -> Callable[[int], bytes]:
        """From a random wallet to this one."""
        return lambda _: _transfer(random.choice(self.crowd.wallets), target)


def _transfer(source: Wallet, target: Wallet) -> bytes:
    body = {"source_wallet_id": source.id, "target_wallet_id": target.id, "amount": 1, "currency": "EUR"}
    return request("POST", "/v1/transactions/transfer", source.token, body, secrets.token_hex(12))
