"""`make bench-auth`: what getting in costs and what it tells, in one table of one run.

BENCH_USERS (1000) and BENCH_REQUESTS (10000) are the size of the mixed run, BENCH_TRIES (200) that of the comparison of
known and unknown addresses. Everything is on: TLS, limiter, sessions, logs. A promise that is missed is told, and is no
failure; an answer that is not as expected is.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import uvloop

from bench.auth import caches, customers, telling
from bench.auth.environment import figures, sample
from bench.gateway import SECONDS, WARM_UP_S
from bench.load import addresses, request, run
from bench.table import Promise, Row, print_headings, print_row
from local.configuration import Configuration, load
from local.story import Person
from tests.integration.forging import decoded
from tests.integration.people import Town
from tests.integration.registrar import Registrar

USERS = int(os.environ.get("BENCH_USERS") or "1000")
REQUESTS = int(os.environ.get("BENCH_REQUESTS") or "10000")
TRIES = int(os.environ.get("BENCH_TRIES") or "200")
FULL_COST = 12
CALLS = 2000
LOGINS = 25
CONNECTIONS = 16


def main() -> int:
    """0 when every answer was as expected."""
    configuration = load()
    print(f"{os.cpu_count()} cores shared by load generator, servers and functions")
    print_headings()
    with _town(configuration, FULL_COST) as town:
        _inside(configuration, town.person())
    with _town(configuration) as town:
        crowd = [town.person("EUR") for _ in range(USERS)]
        errors = _profiles(configuration, crowd)
        keys = customers.shop_keys(configuration, town, crowd)
        rows, failed = caches.hits(configuration, customers.customers(town, crowd), keys, REQUESTS)
        errors += failed
        for row in rows:
            print_row(row)
    with _town(configuration, FULL_COST) as town:
        accounts = [town.person() for _ in range(-(-TRIES // telling.TRIES_OF_ONE))]
        for row, failed in telling.differences(configuration, accounts, TRIES):
            errors += failed
            print_row(row)
    if errors:
        print(f"{errors} answers were not as expected")
    return 1 if errors else 0


@contextmanager
def _town(configuration: Configuration, cost: int | None = None) -> Iterator[Town]:
    """Makes people who are signed in; with hashes that are as cheap as can be, unless a cost is named."""
    with closing(Registrar(configuration, cost)) as registrar:
        yield Town(configuration, registrar, narrate=lambda _: None)


def _inside(configuration: Configuration, person: Person) -> None:
    """What is measured inside of functions."""
    token = str(person.client.token)
    claims = decoded(token.split(".")[1])
    decision = figures(
        configuration, "authorizer-token", "authorizer", event=sample("authorizer_request"), token=token, times=CALLS
    )
    print_row(Row("authorizer's decision, p50", decision["p50_ms"], "ms", promise=Promise("<=", 1)))
    # as the authorizer tells it: texts only
    context = {"user_id": claims["sub"], "session_id": claims["sid"], "amr": " ".join(claims["amr"])}
    context |= {name: str(claims[name]) for name in ("exp", "auth_time")}
    session = figures(configuration, "user-api", "session", context=context, times=CALLS)
    print_row(Row("session and limit, p50", session["p50_ms"], "ms", promise=Promise("<=", 1)))
    event = sample("apigw_post_v1_auth_login")
    event["body"] = json.dumps({"email": person.email, "password": person.password})
    event["requestContext"]["identity"]["sourceIp"] = next(addresses())
    event["requestContext"]["extendedRequestId"] = secrets.token_hex(8)
    login = figures(configuration, "user-api", "login", event=event, times=LOGINS)
    promise = Promise("<=", 0.1, "ratio")
    print_row(Row("sign-in without bcrypt; whole, p50", login["other_ms"], "ms", login["total_ms"], promise))


def _profiles(configuration: Configuration, people: list[Person]) -> int:
    """GET /v1/users/me of people whose profiles are cached; answers how many requests failed."""
    some = people[:CONNECTIONS]

    def ask(number: int) -> bytes:
        return request("GET", "/v1/users/me", some[number % len(some)].client.token)

    asyncio.run(run(configuration.ports.gateway, CONNECTIONS, WARM_UP_S, ask, {200}))
    result = asyncio.run(run(configuration.ports.gateway, CONNECTIONS, SECONDS, ask, {200}))
    print_row(Row("GET /v1/users/me, cached, 16 connections", result.rate, promise=Promise(">=", 500)))
    print_row(Row("  p99", result.percentile(0.99), "ms"))
    return result.errors


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
