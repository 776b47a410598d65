"""`make bench`: what the running system does on this machine, as one table. Figures are local, never AWS's."""

import asyncio
import json
import os
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvloop

from bench.imports import imports
from bench.load import run
from local import processes
from local.configuration import Configuration, load
from local.runtimes import start_runtime, wait_for_runtime
from local.story import Person, Story

PEOPLE = 16
CONSUMERS = ("poller", "scheduler")
RELAY_RUN_S = 61.0  # the run that the scheduler began just before it stopped
CONNECTIONS = (1, 16)
REQUESTS = {1: 1_000, 16: 4_000}
FUNDS = 10_000_000


def main() -> int:
    """0 when no request failed."""
    configuration = load()
    print(f"{os.cpu_count()} cores shared by load generator, servers and functions; limiter, sessions and logs on")
    _print_imports(configuration)
    people = [_person(configuration) for _ in range(PEOPLE)]
    _give_funds(configuration, people)
    print(f"{'route':<34}{'connections':>12}{'requests/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'errors':>8}")
    bench = _Bench(configuration.ports.gateway, people)
    with _without_consumers(configuration) as quiet_at:
        bench.measure("GET jwks (hello)", lambda _: _request("GET", "/.well-known/jwks.json"), 200)
        bench.measure("GET wallet (cached)", bench.read, 200)
        time.sleep(max(0.0, quiet_at - time.monotonic()))
        bench.measure("POST transfer", bench.transfer, 201)
    bench.measure("POST transfer, events consumed", bench.transfer, 201)
    return 1 if bench.errors else 0


def _print_imports(configuration: Configuration) -> None:
    print(f"{'import of':<34}{'ms':>12}{'promised':>12}")
    for each in imports(configuration):
        promised = f"{each.promised:.0f}" if each.promised else ""
        print(f"{each.function:<34}{each.milliseconds:>12.0f}{promised:>12}", flush=True)


@contextmanager
def _without_consumers(configuration: Configuration) -> Iterator[float]:
    """Relay, notification and audit rest, which on AWS have machines of their own; yields from when on they do."""
    processes.stop(configuration, CONSUMERS)
    yield time.monotonic() + RELAY_RUN_S
    for name in CONSUMERS:
        start_runtime(configuration, name)
    for name in CONSUMERS:
        wait_for_runtime(configuration, name)


class _Bench:
    """Measures one route after the other, prints a line for each, counts what failed."""

    def __init__(self, port: int, people: list[Person]) -> None:
        self._port = port
        self._people = people
        self.errors = 0

    def measure(self, name: str, make: Callable[[int], bytes], expected: int) -> None:
        for connections in CONNECTIONS:
            asyncio.run(run(self._port, connections, 200, make, expected))  # warms environments and caches
            result = asyncio.run(run(self._port, connections, REQUESTS[connections], make, expected))
            p50, p95 = result.percentile(0.5), result.percentile(0.95)
            figures = f"{connections:>12}{result.rate:>12.0f}{p50:>9.1f}{p95:>9.1f}{result.errors:>8}"
            print(f"{name:<34}{figures}", flush=True)
            self.errors += result.errors

    def read(self, number: int) -> bytes:
        person = self._people[number % PEOPLE]
        return _request("GET", f"/v1/wallets/{person.wallet_id}", token=person.client.token)

    def transfer(self, number: int) -> bytes:
        source = self._people[number % PEOPLE]
        target = self._people[(number + 1 + random.randrange(PEOPLE - 1)) % PEOPLE]
        body = {
            "source_wallet_id": source.wallet_id,
            "target_wallet_id": target.wallet_id,
            "amount": 1,
            "currency": "EUR",
        }
        return _request("POST", "/v1/transactions/transfer", source.client.token, body, secrets.token_hex(12))


def _person(configuration: Configuration) -> Person:
    story = Story(configuration, lambda _: None)
    story.register(story.anna)
    story.anna.wallet_id = story.open_wallet(story.anna, "EUR")
    return story.anna


def _give_funds(configuration: Configuration, people: list[Person]) -> None:
    story = Story(configuration, lambda _: None)
    story.invite_admin()
    for person in people:
        body = {"amount": FUNDS, "currency": "EUR", "reason": "bench"}
        path = f"/v1/wallets/{person.wallet_id}/funds/add"
        answer = story.admin.client.request("POST", path, body, key=secrets.token_hex(8))
        if answer.status != 201:
            raise SystemExit(f"funds: {answer.status} {answer.raw!r}")


def _request(method: str, path: str, token: str | None = None, body: object = None, key: str | None = None) -> bytes:
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    return "\r\n".join([*lines, "", ""]).encode() + content


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
