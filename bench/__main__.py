"""`make bench`: what the running system does on this machine, as one table. Figures are local, never AWS's."""

import asyncio
import json
import os
import random
import secrets
import sys

import uvloop

from bench.load import Result, run
from local.configuration import load
from local.story import Person, Story

PEOPLE = 8
CONNECTIONS = (1, 16)
REQUESTS = {1: 1_000, 16: 4_000}
FUNDS = 10_000_000


def main() -> int:
    """0 when no request failed."""
    configuration = load()
    port = configuration.ports.gateway
    print(f"{os.cpu_count()} cores, limiter, sessions and logs on; people and their money are made first", flush=True)
    people = [_person(configuration) for _ in range(PEOPLE)]
    admin = Story(configuration, lambda _: None)
    admin.invite_admin()
    for person in people:
        body = {"amount": FUNDS, "currency": "EUR", "reason": "bench"}
        path = f"/v1/wallets/{person.wallet_id}/funds/add"
        answer = admin.admin.client.request("POST", path, body, key=secrets.token_hex(8))
        if answer.status != 201:
            raise SystemExit(f"funds: {answer.status} {answer.raw!r}")
    print(f"{'route':<26}{'connections':>12}{'requests/s':>12}{'p50 ms':>9}{'p95 ms':>9}{'errors':>8}")
    errors = 0
    for name, make, expected in (
        ("GET jwks (hello)", lambda _: _request("GET", "/.well-known/jwks.json"), 200),
        ("GET wallet (cached)", lambda number: _read(people[number % PEOPLE]), 200),
        ("POST transfer", lambda number: _transfer(people, number), 201),
    ):
        for connections in CONNECTIONS:
            asyncio.run(run(port, connections, 100, make, expected))  # warms environments and caches
            result = asyncio.run(run(port, connections, REQUESTS[connections], make, expected))
            _print(name, connections, result)
            errors += result.errors
    return 1 if errors else 0


def _person(configuration: object) -> Person:
    story = Story(configuration, lambda _: None)  # type: ignore[arg-type]
    story.register(story.anna)
    story.anna.wallet_id = story.open_wallet(story.anna, "EUR")
    return story.anna


def _read(person: Person) -> bytes:
    return _request("GET", f"/v1/wallets/{person.wallet_id}", token=person.client.token)


def _transfer(people: list[Person], number: int) -> bytes:
    source, target = people[number % PEOPLE], people[(number + 1 + random.randrange(PEOPLE - 1)) % PEOPLE]
    body = {
        "source_wallet_id": source.wallet_id,
        "target_wallet_id": target.wallet_id,
        "amount": 1,
        "currency": "EUR",
    }
    return _request("POST", "/v1/transactions/transfer", source.client.token, body, secrets.token_hex(12))


def _request(method: str, path: str, token: str | None = None, body: object = None, key: str | None = None) -> bytes:
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    return "\r\n".join([*lines, "", ""]).encode() + content


def _print(name: str, connections: int, result: Result) -> None:
    p50, p95 = result.percentile(0.5), result.percentile(0.95)
    print(f"{name:<26}{connections:>12}{result.rate:>12.0f}{p50:>9.1f}{p95:>9.1f}{result.errors:>8}", flush=True)


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
