"""`make bench`: what the running system does on this machine, as one table. Figures are local, never AWS's.

Everything is on: TLS, limiter, sessions, logs, caches. A promise that is missed is told, and is no failure.
"""

import os
import sys
import time

import uvloop

from bench.gateway import Bench, without_consumers
from bench.imports import imports
from bench.people import gather
from bench.relay import events_of_one_wallet
from bench.table import Promise, Row, print_headings, print_row
from local.configuration import Configuration, load

MANY = 32
P99 = Promise("<=", 70)


def main() -> int:
    """0 when no request failed."""
    print(f"{os.cpu_count()} cores shared by load generator, servers and functions")
    print_headings()
    return 0 if measure(load()) else 1


def measure(configuration: Configuration) -> bool:
    """Prints the rows; False when a request failed."""
    for each in imports(configuration):
        promise = Promise("<=", each.promised) if each.promised else None
        print_row(Row(f"import of {each.function}", each.milliseconds, "ms", promise=promise))
    bench = Bench(configuration.ports.gateway, gather(configuration))
    with without_consumers(configuration) as quiet_at:
        hello = bench.measure("GET jwks (hello)", MANY, bench.hello, 200)
        bench.measure("GET wallet, cached; hello", MANY, bench.read, 200, hello, Promise(">=", 1_400))
        time.sleep(max(0.0, quiet_at - time.monotonic()))
        bench.alone()
        uniform = bench.measure("transfer, uniform; hello", MANY, bench.transfer, 201, hello, Promise(">=", 900), P99)
        for name, wallet in (("one wallet", bench.crowd.hot), ("one wallet of 16 stripes", bench.crowd.striped)):
            hot = bench.transfer_to(wallet)
            bench.measure(f"transfer, to {name}; uniform", MANY, hot, 201, uniform, Promise(">=", 850), P99)
    bench.measure("transfer while its events are consumed; uniform", MANY, bench.transfer, 201, uniform)
    leaving = events_of_one_wallet(configuration, bench.crowd.wallets[0], bench.crowd.hot)
    print_row(Row("events of one wallet that leave the outbox", leaving))
    return not bench.errors


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
