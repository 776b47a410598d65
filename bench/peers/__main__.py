"""`make bench-peers`: our transfer beside django-hordak's, on the same PostgreSQL, from the same load generator.

The peer is a bare Django view under gunicorn: no key, session, limiter, check of funds or event. Ours has them all.
"""

import asyncio
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from bench.gateway import SECONDS, WARM_UP_S, Bench, without_consumers
from bench.ledger.database import empty_database, variables
from bench.load import Result, request, run
from bench.people import gather
from bench.table import Row, print_headings, print_row
from local.configuration import HOST, Configuration, load
from local.services.postgres import SUPERUSER
from local.setup.step import TOOLS
from local.setup.steps import create_environment, uv_install

HERE = Path(__file__).parent
DATABASE = "paycore_bench_hordak"
FOLDER = TOOLS / "hordak"
CONNECTIONS = 32
WORKERS, THREADS = 2, 16  # a thread for each connection, so that none waits for another to close
START_S_MAX = 60.0


def main() -> int:
    """0 when no request failed."""
    print_headings()
    return 0 if measure(load()) else 1


def measure(configuration: Configuration) -> bool:
    """Prints the rows; False when a request failed."""
    _install()
    with empty_database(configuration, DATABASE, schema=False), _hordak(configuration) as (port, accounts):
        uniform = _measure("django-hordak, uniform", port, lambda _: _transfer(*random.sample(accounts[1:], 2)))
        hot = _measure(
            "django-hordak, to one account", port, lambda _: _transfer(random.choice(accounts[1:]), accounts[0])
        )
    bench = Bench(configuration.ports.gateway, gather(configuration))
    with without_consumers(configuration) as quiet_at:
        time.sleep(max(0.0, quiet_at - time.monotonic()))
        crowd = bench.crowd
        bench.measure("paycore, uniform; django-hordak", CONNECTIONS, bench.transfer, 201, uniform)
        bench.measure("paycore, to one wallet; django-hordak", CONNECTIONS, bench.transfer_to(crowd.hot), 201, hot)
        striped = bench.transfer_to(crowd.striped)
        bench.measure("paycore, to one wallet of 16 stripes; django-hordak", CONNECTIONS, striped, 201, hot)
    return not (bench.errors or uniform.errors or hot.errors)


def _install() -> None:
    """Once: the pinned packages, in an environment that nothing of ours uses."""
    lock, marker = HERE / "requirements-hordak.txt", FOLDER / "installed.txt"
    if marker.exists() and marker.read_text() == lock.read_text():
        return
    create_environment(FOLDER)
    uv_install(FOLDER, "-r", str(lock))
    marker.write_text(lock.read_text())


@contextmanager
def _hordak(configuration: Configuration) -> Iterator[tuple[int, list[int]]]:
    """The port of a running site, and its accounts' ids."""
    own = {**variables(configuration, SUPERUSER), "PGDATABASE": DATABASE}
    site = [str(FOLDER / "bin" / "python"), str(HERE / "hordak_site.py")]
    made = subprocess.run(site, env=own, cwd=HERE, capture_output=True, text=True, check=False, timeout=180)
    if made.returncode:
        raise SystemExit(made.stderr[-2000:])
    port = _free_port()
    command = [str(FOLDER / "bin" / "gunicorn"), "--bind", f"{HOST}:{port}", "--workers", str(WORKERS)]
    command += ["--worker-class", "gthread", "--threads", str(THREADS), "--keep-alive", "60", "--log-level", "error"]
    with subprocess.Popen([*command, "hordak_site:application"], env=own, cwd=HERE) as server:
        try:
            _wait_for(port)
            yield port, [int(line) for line in made.stdout.split()]
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < START_S_MAX:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("gunicorn did not start")


def _measure(name: str, port: int, make: Callable[[int], bytes]) -> Result:
    asyncio.run(run(port, CONNECTIONS, WARM_UP_S, make, {201}))
    result = asyncio.run(run(port, CONNECTIONS, SECONDS, make, {201}))
    if result.errors:
        print(f"{result.errors} requests were not answered with 201")
    print_row(Row(name, result.rate))
    print_row(Row("  p99", result.percentile(0.99), "ms"))
    return result


def _transfer(source: int, target: int) -> bytes:
    return request("POST", "/transfer", body={"source": source, "target": target, "amount": 1})


if __name__ == "__main__":
    uvloop.install()
    sys.exit(main())
