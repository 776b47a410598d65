"""`make bench-database`: what a transfer costs in the database and from Python, each row beside its baseline.

Figures are local, never AWS's: read the ratios. A promise that is missed is told, and is no failure.
"""

import os
import sys

import pg8000.native

from bench.ledger import clients, pgbench
from bench.ledger.database import ACCOUNTS, BENCH, HOT, STRIPED, bench_database, run_sql
from bench.table import Promise, Row, print_headings, print_row
from local.configuration import Configuration, load

CLIENTS = 32
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))  # of each rate; with 10 the whole takes about four minutes
PROCESSES = (1, 2, 4)
PARTS = ("pg8000", "sqlalchemy", "ours")
# What belongs to one transfer; keys, transactions, entries and events are new rows, balances are changed ones.
ROWS = {
    "ledger.idempotency_key": "key",
    "ledger.transaction": "transaction",
    "ledger.entry": "entries",
    "outbox.event": "events",
}


def main() -> int:
    """0 when every run went through."""
    print(f"{os.cpu_count()} cores shared by clients and PostgreSQL, fsync on, {ACCOUNTS:,} wallets, {SECONDS} s a row")
    print_headings()
    measure(load())
    return 0


def measure(configuration: Configuration) -> None:
    """Prints the rows."""
    with bench_database(configuration) as connection:
        pgbench.prepare_tpcb(configuration)
        pgbench.transfers(configuration, CLIENTS, 3)  # warms up
        _in_the_database(configuration)
        _what_it_writes(configuration, connection)
        _from_python(configuration)


def _in_the_database(configuration: Configuration) -> None:
    tpcb = print_row(Row(f"TPC-B, {CLIENTS} clients", pgbench.tpcb(configuration, CLIENTS, SECONDS)))
    uniform = pgbench.transfers(configuration, CLIENTS, SECONDS)
    print_row(Row(f"transfer, uniform, {CLIENTS} clients; TPC-B", uniform, "/s", tpcb, Promise(">=", 0.8, "ratio")))
    for name, wallet, bound in (("one wallet", HOT, 0.15), ("one wallet of 16 stripes", STRIPED, 0.75)):
        rate = pgbench.transfers(configuration, CLIENTS, SECONDS, wallet)
        print_row(Row(f"transfer, to {name}; uniform", rate, "/s", uniform, Promise(">=", bound, "ratio")))
    alone = print_row(Row("TPC-B, one client", pgbench.tpcb(configuration, 1, SECONDS)))
    rate = pgbench.transfers(configuration, 1, SECONDS)
    print_row(Row("transfer, one client; TPC-B", rate, "/s", alone, Promise(">=", 2_000)))


def _what_it_writes(configuration: Configuration, connection: pg8000.native.Connection) -> None:
    """From the difference that some seconds of transfers make, after a checkpoint: full page images are in it."""
    run_sql(configuration, BENCH, "CHECKPOINT")
    before = _written(connection)
    pgbench.transfers(configuration, 1, SECONDS)
    after = _written(connection)
    made = after["ledger.transaction"] - before["ledger.transaction"]
    each = {name: (after[name] - before[name]) / made for name in after}
    told = ", ".join(f"{each[table]:.0f} {name}" for table, name in ROWS.items())
    print_row(Row(f"rows of a transfer ({told})", sum(each[table] for table in ROWS), "rows"))
    print_row(Row("balances that it changes", each["changed"], "rows"))
    print_row(Row(f"WAL of a transfer ({made:,.0f} made)", each["wal"], "bytes"))
    print_row(Row("tables and indexes of a transfer", each["disk"], "bytes"))


def _written(connection: pg8000.native.Connection) -> dict[str, float]:
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in ROWS)  # noqa: S608  # our own names
    ((*rows, wal, disk, changed),) = connection.run(
        f"SELECT {counts}, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, "  # noqa: S608  # our own names
        "       pg_database_size(current_database()), (SELECT sum(version)::bigint FROM ledger.balance)"
    )
    return dict(
        zip((*ROWS, "wal", "disk", "changed"), (int(each) for each in (*rows, wal, disk, changed)), strict=True)
    )


def _from_python(configuration: Configuration) -> None:
    """Our one call beside the same transfer as ORM statements: both over pg8000, TLS, and a connection for each."""
    for processes in PROCESSES:
        baseline = clients.run(configuration, "orm", processes, SECONDS)
        ours = clients.run(configuration, "port", processes, SECONDS)
        name = f"paycore.ledger.post, {processes} process{'es' if processes > 1 else ''}; SQLAlchemy ORM"
        print_row(Row(name, ours.rate, "/s", baseline.rate, Promise(">=", 4, "ratio")))
        if processes == 1:
            spent = (sum(ours.cpu_us.values()), sum(baseline.cpu_us.values()))
            print_row(Row("  processor time of a transfer in Python; ORM", spent[0], "us", spent[1]))
            for part in PARTS:
                values = (ours.cpu_us.get(part, 0), baseline.cpu_us.get(part, 0))
                print_row(Row(f"    of it {part}; ORM", values[0], "us", values[1]))


if __name__ == "__main__":
    sys.exit(main())
