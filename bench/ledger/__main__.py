"""`make bench-ledger`: what `ledger.post` does in the database, each row beside its baseline, in one run.

pgbench drives both: its own TPC-B is the yardstick of this machine. Figures are local, never AWS's: read the ratios.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pg8000.native

from bench.ledger.database import ACCOUNTS, BENCH, HOT, STRIPED, bench_database, program, variables
from local.configuration import Configuration, load
from local.services.postgres import SUPERUSER

HERE = Path(__file__).parent
CLIENTS = 32
SECONDS = 10
TPCB_SCALE = 10


@dataclass(frozen=True)
class Row:
    """One line of the table: its rate, and the rate that it is measured against."""

    name: str
    rate: float
    baseline: float | None
    promised: float | None

    def __str__(self) -> str:
        ratio = f"{self.rate / self.baseline:>8.2f}" if self.baseline else " " * 8
        promised = f"{self.promised:>10}" if self.promised else ""
        return f"{self.name:<44}{self.rate:>10.0f}{ratio}{promised}"


def main() -> int:
    """0 when every run went through."""
    configuration = load()
    print(f"{os.cpu_count()} cores shared by pgbench and PostgreSQL, fsync on, {ACCOUNTS} accounts, {SECONDS} s a row")
    print(f"{'':<44}{'per second':>10}{'ratio':>8}{'promised':>10}")
    with bench_database(configuration) as connection:
        bench = _Bench(configuration)
        bench.prepare_tpcb()
        bench.transfers("warming up", CLIENTS, seconds=3)
        tpcb = bench.tpcb(f"TPC-B, {CLIENTS} clients", CLIENTS)
        uniform = bench.transfers(f"transfer, uniform, {CLIENTS} clients", CLIENTS, baseline=tpcb, promised=0.8)
        bench.transfers(f"transfer to one wallet, {CLIENTS} clients", CLIENTS, uniform, 0.15, hot=HOT)
        bench.transfers(f"transfer to one of 16 stripes, {CLIENTS} clients", CLIENTS, uniform, 0.75, hot=STRIPED)
        bench.tpcb("TPC-B, one client", 1)
        bench.transfers("transfer, one client (2,000 promised)", 1)
        _print_size(bench, connection)
    return 0


class _Bench:
    """Runs pgbench and prints a row for each run."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def prepare_tpcb(self) -> None:
        """pgbench's own tables, in the same database."""
        self._pgbench(SUPERUSER, "-i", "-q", "-s", str(TPCB_SCALE))

    def tpcb(self, name: str, clients: int) -> float:
        """The yardstick."""
        return self._row(name, self._run(SUPERUSER, clients, SECONDS), None, None)

    def transfers(
        self,
        name: str,
        clients: int,
        baseline: float | None = None,
        promised: float | None = None,
        *,
        hot: int | None = None,
        seconds: int = SECONDS,
    ) -> float:
        """Transfers between random wallets, or from random ones to `hot`, as the functions' own role."""
        script = HERE / ("transfer.sql" if hot is None else "transfer_to_one.sql")
        values = ["-D", f"accounts={ACCOUNTS}", "-D", f"hot={hot or 0}"]
        rate = self._run("app_rw", clients, seconds, "-f", str(script), *values)
        return self._row(name, rate, baseline, promised)

    @staticmethod
    def _row(name: str, rate: float, baseline: float | None, promised: float | None) -> float:
        print(Row(name, rate, baseline, promised), flush=True)
        return rate

    def _run(self, user: str, clients: int, seconds: int, *more: str) -> float:
        threads = min(clients, os.cpu_count() or 1)
        said = self._pgbench(
            user, "-n", "-M", "prepared", "-c", str(clients), "-j", str(threads), "-T", str(seconds), *more
        )
        found = re.search(r"tps = ([0-9.]+)", said)
        if not found or re.search(r"number of failed transactions: [1-9]", said):
            raise SystemExit(said)
        return float(found[1])

    def _pgbench(self, user: str, *arguments: str) -> str:
        own = variables(self._configuration, user)
        run = subprocess.run(
            [program("pgbench"), *arguments, BENCH], env=own, capture_output=True, text=True, check=False, timeout=300
        )
        if run.returncode:
            raise SystemExit(run.stderr[-2000:])
        return run.stdout


def _print_size(bench: _Bench, connection: pg8000.native.Connection) -> None:
    """What one transfer writes: from the difference that some seconds of transfers make."""
    before = _written(connection)
    bench.transfers("transfer, one client, for the sizes", 1, seconds=5)
    after = _written(connection)
    moved = after[0] - before[0]
    wal, disk = ((after[place] - before[place]) / moved for place in (1, 2))
    print(f"a transfer writes {wal:,.0f} bytes of WAL and {disk:,.0f} bytes of tables and indexes ({moved} transfers)")


def _written(connection: pg8000.native.Connection) -> tuple[int, int, int]:
    ((transfers, wal, disk),) = connection.run(
        "SELECT (SELECT count(*) FROM ledger.transaction), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, "
        "       pg_database_size(current_database())"
    )
    return int(transfers), int(wal), int(disk)


if __name__ == "__main__":
    sys.exit(main())
