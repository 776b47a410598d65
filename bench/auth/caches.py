"""What part of a mixed run the caches answer: as the functions' and the gateway's own logs of requests tell."""

import asyncio
import json
import random
import secrets
from collections import Counter
from typing import Any

from bench.auth.customers import Customer
from bench.load import request, run
from bench.table import Promise, Row
from local.configuration import STAGE, Configuration

CONNECTIONS = 16
PROMISE = Promise(">=", 80)
LOGS = ("gateway-access", *(f"paycore-{STAGE}-{name}-api" for name in ("user", "wallet", "transaction")))
# What people do, by how often: profiles, wallets and transactions are cached, a balance is always read from
# PostgreSQL; who pays makes two wallets old and whoever changes the profile that.
MIX = {"profile": 33, "wallet": 33, "transaction": 20, "by key": 4, "balance": 5, "pay": 3, "change": 2}
HELD = {
    "authorizer": "authorizer's answers",
    "session": "sessions",
    "api_key": "API keys",
    "user": "profiles",
    "wallet": "wallets",
    "transaction": "transactions",
}


def hits(
    configuration: Configuration, customers: list[Customer], keys: list[str], requests: int
) -> tuple[list[Row], int]:
    """The share of each cache in percent, first with cold entries, then once more; and how many requests failed.

    The second comes half as often as the first, the third a third as often (Zipf, as in YCSB).
    """
    rows, errors = [], 0
    for state in ("cold", "warm"):
        weights = [1 / rank for rank in range(1, len(customers) + 1)]
        comers = random.choices(customers, weights, k=requests)
        plan = list(zip(comers, random.choices([*MIX], [*MIX.values()], k=requests), strict=True))

        def ask(number: int, plan: list[tuple[Customer, str]] = plan) -> bytes:
            comer, act = plan[number]
            return _asked(comer, act, random.choice(customers), random.choice(keys))

        begins = {name: configuration.log_file(name).stat().st_size for name in LOGS}
        result = asyncio.run(run(configuration.ports.gateway, CONNECTIONS, 3600, ask, {200, 201}, requests))
        errors += result.errors
        rows.append(Row(f"mixed run, {len(customers):,} people, {state}", result.rate))
        for name, (hit, asked) in _counted(configuration, begins).items():
            rows.append(Row(f"hits of {asked:,}: {name}", 100 * hit / asked, "%", promise=PROMISE))
    return rows, errors


def _asked(comer: Customer, act: str, other: Customer, key: str) -> bytes:
    token, wallet = str(comer.person.client.token), f"/v1/wallets/{comer.person.wallet_id}"
    if act == "change":
        return request("PATCH", "/v1/users/me", token, {"full_name": f"Somebody {random.randrange(16**6):06x}"})
    if act == "pay" and other is not comer:
        sides = {"source_wallet_id": comer.person.wallet_id, "target_wallet_id": other.person.wallet_id}
        body = {**sides, "amount": 1, "currency": "EUR"}
        return request("POST", "/v1/transactions/transfer", token, body, secrets.token_hex(12))
    paths = {
        "profile": "/v1/users/me",
        "wallet": wallet,
        "transaction": f"/v1/transactions/{comer.transaction_id}",
        "by key": "/v1/wallets?limit=1",
    }
    return request("GET", paths.get(act, f"{wallet}/balance"), key if act == "by key" else token)


def _counted(configuration: Configuration, begins: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Of each cache the hits and the questions, from what the logs got since they were `begins` bytes long."""
    hit, asked = Counter[str](), Counter[str]()
    for name, since in begins.items():
        for line in configuration.log_file(name).read_bytes()[since:].splitlines():
            for held, found in _caches_of(line).items():
                hit[HELD[held]] += found
                asked[HELD[held]] += 1
    return {name: (hit[name], asked[name]) for name in HELD.values()}


def _caches_of(line: bytes) -> dict[str, int]:
    """Which caches a request asked, and whether they answered; what the gateway had took it no time at all."""
    if not line.startswith(b"{"):
        return {}  # what a runtime says of itself
    told: dict[str, Any] = json.loads(line)
    if latency := told.get("authorizerLatency"):
        return {"authorizer": int(latency in ("0", "-"))}
    cached: dict[str, int] = told.get("cached") or {}
    return cached
