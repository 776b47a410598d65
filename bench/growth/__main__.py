"""`make bench-growth`: the same questions to a ledger of 5 thousand entries and to one of 5 million, side by side.

The two are asked in turns, so that whatever else the machine does meets both. Figures are local: read the ratios.
"""

import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.growth.load import load
from bench.ledger.clients import database_variables
from bench.ledger.database import empty_database, run_psql
from bench.table import Promise, Row, print_headings, print_row
from local import configuration as local_configuration
from local.configuration import Configuration

SMALL, LARGE = "paycore_bench_small", "paycore_bench_large"
SMALL_ENTRIES = 5_000
LARGE_ENTRIES = int(os.environ.get("BENCH_ENTRIES", "5000000"))
ROUNDS = 10
# Each question: how it is named, how often a round asks it, and which one is its baseline in the small ledger.
QUESTIONS = {
    "transfer": ("transfer between two of 10,000 wallets", 60, "transfer"),
    "history": ("a page of a person's history", 40, "history"),
    "book": ("a page of a wallet's book", 40, "book"),
    "statement": ("a statement of a month", 20, "statement"),
    "balance": ("a balance at an instant of the past", 40, "balance"),
    "busy_history": ("a page of the busiest person's history", 40, "history"),
    "busy_book": ("a page of the busiest wallet's book", 40, "book"),
    "busy_balance": ("a balance at an instant, busiest wallet", 40, "balance"),
}
PROMISE = Promise("<=", 1.5, "ratio")


def main() -> int:
    """0 when every question was answered."""
    print(f"medians; {SMALL_ENTRIES:,} entries are the baseline, {LARGE_ENTRIES:,} are measured")
    print_headings()
    measure(local_configuration.load())
    return 0


def measure(configuration: Configuration) -> None:
    """Prints the rows."""
    with ExitStack() as stack:
        for name, entries in ((SMALL, SMALL_ENTRIES), (LARGE, LARGE_ENTRIES)):
            stack.enter_context(empty_database(configuration, name))
            took = load(configuration, name, entries)
        print_row(Row("loading, verified", took, "s", promise=Promise("<=", 240)))
        size, most = _size(configuration)
        print_row(Row("disk", size, "GB", promise=Promise("<=", 8)))
        print_row(Row("entries of the busiest wallet", most, ""))
        small, large = (stack.enter_context(_client(configuration, name)) for name in (SMALL, LARGE))
        _compare(small, large)


def _compare(small: subprocess.Popen[str], large: subprocess.Popen[str]) -> None:
    measured: dict[tuple[str, str], list[float]] = defaultdict(list)
    for question, (_, count, baseline) in QUESTIONS.items():
        for number in range(ROUNDS + 1):
            for name, client, asked in (("small", small, baseline), ("large", large, question)):
                median = _ask(client, asked, count)
                if number:  # the first round warms caches and plans
                    measured[name, question].append(median)
    for question, (title, _, _) in QUESTIONS.items():
        before, after = (statistics.median(measured[name, question]) for name in ("small", "large"))
        print_row(Row(title, after, "ms", before, PROMISE))


def _ask(client: subprocess.Popen[str], question: str, count: int) -> float:
    print(question, count, file=client.stdin, flush=True)
    answer = client.stdout.readline() if client.stdout else ""
    if not answer:
        raise SystemExit(f"{question} was not answered")
    return float(answer)


@contextmanager
def _client(configuration: Configuration, database: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the functions' own engine; it ends with its input."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.growth.client"],
        env=database_variables(configuration, database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=configuration.repository,
    ) as client:
        yield client
        client.communicate(timeout=60)


def _size(configuration: Configuration) -> tuple[float, int]:
    asked = "SELECT pg_database_size(current_database()), (SELECT max(version) - 1 FROM ledger.balance)"
    size, most = run_psql(configuration, LARGE, "-c", asked).strip().split("|")
    return int(size) / 1e9, int(most)


if __name__ == "__main__":
    sys.exit(main())
