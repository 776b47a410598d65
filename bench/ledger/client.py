"""One process of the comparison: `python -m bench.ledger.client port|orm`, started by bench.ledger.clients.

It says "ready", waits for a line, then makes transfers for SECONDS and prints what it did as JSON.
"""

import json
import os
import random
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

import paycore
from bench.ledger import orm
from bench.ledger.database import ACCOUNTS, owner_id, wallet_id
from bench.ledger.sampling import Sampling
from bench.ledger.transfer import post_transfer
from paycore import settings
from paycore.aws import secret
from paycore.settings import DatabaseSettings

WARM_UP = 50
OURS = (str(Path(paycore.__path__[0])), str(Path(__file__).parent))


def main() -> None:
    """Prints {"transfers": count, "seconds": wall time, "cpu": {part: seconds}}."""
    kind, seconds = sys.argv[1], float(sys.argv[2])
    transfer = post_transfer if kind == "port" else _orm()
    for _ in range(WARM_UP):
        transfer(*random.sample(range(1, ACCOUNTS + 1), 2))
    print("ready", flush=True)
    sys.stdin.readline()
    count, began = 0, time.perf_counter()
    with Sampling(_part_of) as sampling:
        while time.perf_counter() - began < seconds:
            transfer(*random.sample(range(1, ACCOUNTS + 1), 2))
            count += 1
    print(json.dumps({"transfers": count, "seconds": time.perf_counter() - began, "cpu": sampling.seconds}))


def _orm() -> Callable[[int, int], object]:
    own = settings.read(DatabaseSettings)
    engine = orm.make_engine(
        own.database_user,
        secret(own.database_secret)["password"],
        own.database_host,
        own.database_port,
        own.database_name,
        own.database_ca_file,
    )

    def transfer(source: int, target: int) -> object:
        key = secrets.token_hex(12)
        return orm.transfer(engine, owner_id(source), wallet_id(source), wallet_id(target), 1, key)

    return transfer


def _part_of(file: str) -> str | None:
    for part in ("pg8000", "sqlalchemy"):
        if f"{os.sep}{part}{os.sep}" in file:
            return part
    return "ours" if file.startswith(OURS) else None


if __name__ == "__main__":
    main()
