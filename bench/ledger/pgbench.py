"""Runs pgbench: its own TPC-B, the yardstick of this machine, and our transfers."""

import os
import re
import subprocess
from pathlib import Path

from bench.ledger.database import ACCOUNTS, BENCH, program, variables
from local.configuration import Configuration
from local.services.postgres import SUPERUSER

HERE = Path(__file__).parent
TPCB_SCALE = 10
# One statement that takes too long ends pgbench's whole run, and a pause of the machine is enough for that.
PATIENCE = "-c statement_timeout=30s -c lock_timeout=30s"


def prepare_tpcb(configuration: Configuration) -> None:
    """pgbench's own tables, in the same database."""
    _pgbench(configuration, SUPERUSER, "-i", "-q", "-s", str(TPCB_SCALE))


def tpcb(configuration: Configuration, clients: int, seconds: int) -> float:
    """TPC-B transactions per second."""
    return _rate(configuration, SUPERUSER, clients, seconds)


def transfers(configuration: Configuration, clients: int, seconds: int, hot: int | None = None) -> float:
    """Transfers per second between random wallets, or from random ones to `hot`, as the functions' own role."""
    script = HERE / ("transfer.sql" if hot is None else "transfer_to_one.sql")
    values = ("-D", f"accounts={ACCOUNTS}", "-D", f"hot={hot or 0}")
    return _rate(configuration, "app_rw", clients, seconds, "-f", str(script), *values)


def _rate(configuration: Configuration, user: str, clients: int, seconds: int, *more: str) -> float:
    size = ("-c", str(clients), "-j", str(min(clients, os.cpu_count() or 1)), "-T", str(seconds))
    said = _pgbench(configuration, user, "-n", "-M", "prepared", *size, *more)
    found = re.search(r"tps = ([0-9.]+)", said)
    if not found or re.search(r"number of failed transactions: [1-9]", said):
        raise SystemExit(said)
    return float(found[1])


def _pgbench(configuration: Configuration, user: str, *arguments: str) -> str:
    run = subprocess.run(
        [program("pgbench"), *arguments, BENCH],
        env={**variables(configuration, user), "PGOPTIONS": PATIENCE},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    return run.stdout
