"""Several Python processes that make transfers at the same time, with the functions' own engine and settings."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.ledger.database import BENCH
from local.configuration import HOST, Configuration
from local.template import REGION

Kind = Literal["port", "orm"]


@dataclass(frozen=True)
class Result:
    """Transfers per second of all processes, and the processor time of one transfer by part, in microseconds."""

    rate: float
    cpu_us: Mapping[str, float]


def run(configuration: Configuration, kind: Kind, processes: int, seconds: int) -> Result:
    """Starts the processes, lets them begin together when all are warm, and adds up what they say."""
    command = [sys.executable, "-m", "bench.ledger.client", kind, str(seconds)]
    started = [
        subprocess.Popen(
            command,
            env=database_variables(configuration, BENCH),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=configuration.repository,
        )
        for _ in range(processes)
    ]
    for process in started:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise SystemExit(f"a {kind} process ended before it was ready")
    for process in started:
        print(file=process.stdin, flush=True)
    told = [json.loads(process.communicate(timeout=seconds + 60)[0]) for process in started]
    spent: Counter[str] = Counter()
    for each in told:
        spent.update(each["cpu"])
    transfers = sum(each["transfers"] for each in told)
    rate = sum(each["transfers"] / each["seconds"] for each in told)
    return Result(rate, {part: seconds * 1e6 / transfers for part, seconds in spent.items()})


def database_variables(configuration: Configuration, database: str, role: str = "app_rw") -> dict[str, str]:
    """What a function has in its environment to reach PostgreSQL, but straight, without the pooler."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": configuration.aws_endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "DATABASE_HOST": HOST,
        "DATABASE_PORT": str(configuration.ports.postgres),
        "DATABASE_NAME": database,
        "DATABASE_USER": role,
        "DATABASE_TIMEOUT_MS": "30000",
        "DATABASE_AUTHENTICATION": "password",
        "DATABASE_SECRET": f"paycore/dev/database-{role}",
        "DATABASE_CA_FILE": str(configuration.ca_file),
    }
