"""A load generator: some seconds of requests over persistent connections, each address within its limit."""

import asyncio
import itertools
import json
import random
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field

REQUESTS_PER_ADDRESS = 90  # below the limit of 100 a minute: the limiter stays on and is never hit
READ_BYTES_MAX = 1 << 20


@dataclass
class Result:
    """What one run gave: `latencies` in milliseconds of the answers that were as expected."""

    seconds: float = 0.0
    errors: int = 0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that `share` of the answers did not exceed."""
        ordered = sorted(self.latencies) or [float("nan")]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def addresses() -> Iterator[str]:
    """Loopback addresses that nobody has used: a new one for every connection.

    They begin somewhere at random, so that two benchmarks within a minute do not spend each other's allowance.
    """
    for number in itertools.count(random.SystemRandom().randrange(100 * 250 * 250)):
        first, rest = divmod(number, 250 * 250)
        second, third = divmod(rest, 250)
        yield f"127.{first % 100 + 100}.{second + 1}.{third + 1}"


_addresses = addresses()


def request(method: str, path: str, token: str | None = None, body: object = None, key: str | None = None) -> bytes:
    """The bytes of an HTTP/1.1 request."""
    content = json.dumps(body).encode() if body is not None else b""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"] if content else []
    return "\r\n".join([*lines, "", ""]).encode() + content


async def run(
    port: int,
    connections: int,
    seconds: float,
    make: Callable[[int], bytes],
    expected: Container[int],
    count: int | None = None,
) -> Result:
    """Sends requests over `connections` connections for `seconds`, or until `count` are sent.

    `make(n)` gives the bytes of the n-th; the statuses of good answers are `expected`.
    """
    result = Result()
    started = time.perf_counter()
    every = itertools.count() if count is None else range(count)
    numbers = itertools.takewhile(lambda _: time.perf_counter() - started < seconds, every)
    await asyncio.gather(*(_worker(port, numbers, make, expected, result) for _ in range(connections)))
    result.seconds = time.perf_counter() - started
    return result


async def _worker(
    port: int,
    numbers: Iterator[int],
    make: Callable[[int], bytes],
    expected: Container[int],
    result: Result,
) -> None:
    sent = REQUESTS_PER_ADDRESS
    writer: asyncio.StreamWriter | None = None
    for number in numbers:
        if writer is None or sent == REQUESTS_PER_ADDRESS:
            if writer is not None:
                writer.close()
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(next(_addresses), 0), limit=READ_BYTES_MAX
            )
            sent = 0
        sent += 1
        began = time.perf_counter()
        writer.write(make(number))
        status = await _read_answer(reader)
        if status in expected:
            result.latencies.append((time.perf_counter() - began) * 1000)
        else:
            result.errors += 1
    if writer is not None:
        writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return status
