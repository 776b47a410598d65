"""`make bench-ledger`: all that the money core promises, in one table of one run, on one PostgreSQL.

In the database beside TPC-B, from Python beside the ORM, through the gateway beside the smallest answer and beside
django-hordak, and with 5 million entries beside 5 thousand. Each part is a command of its own, too.
"""

import os
import sys

import uvloop

from bench import __main__ as gateway
from bench.growth import __main__ as growth
from bench.ledger import __main__ as database
from bench.peers import __main__ as peers
from bench.table import print_headings
from local.configuration import load


def main() -> int:
    """0 when no request failed; a promise that is missed is told, and is no failure."""
    configuration = load()
    print(f"{os.cpu_count()} cores shared by everything, fsync on")
    print_headings()
    database.measure(configuration)
    answered = gateway.measure(configuration)
    answered = peers.measure(configuration) and answered
    growth.measure(configuration)
    return 0 if answered else 1


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
