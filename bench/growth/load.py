"""Loads months of movements quickly: set by set, as the tables' owner, with every trigger and constraint at work."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.ledger.database import ACCOUNTS, run_psql
from local.configuration import Configuration
from local.services.postgres import OWNER

HERE = Path(__file__).parent


def load(configuration: Configuration, database: str, entries: int) -> float:
    """How many seconds it took; ends the benchmark where the ledger's verification finds anything."""
    began = time.perf_counter()

    def run(name: str) -> str:
        values = ("-v", f"movements={entries // 2}", "-v", f"wallets={ACCOUNTS}")
        return run_psql(configuration, database, *values, "-f", str(HERE / f"{name}.sql"), user=OWNER)

    run_psql(configuration, database, "-c", f"GRANT CREATE ON DATABASE {database} TO {OWNER}")
    run("prepare")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, ("entries", "transactions")))
    run("finish")
    took = time.perf_counter() - began
    if broken := run("verify"):
        raise SystemExit(f"the loaded ledger is broken:\n{broken[:2000]}")
    return took
