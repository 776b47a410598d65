"""Keeps the ledger in shape: holds find their owners or end in time, what is old goes, there are partitions to come."""

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.transaction.claims.claim_waiting import claim_waiting
from functions.transaction.tending import store
from functions.transaction.tending.stripe_hot_wallets import stripe_hot_wallets
from paycore.errors import Busy
from paycore.invariants import ensure
from paycore.metric_names import MONTHS_WITHOUT_PARTITION
from paycore.observability import logger

# A batch's locks last as long as the batch: people's money waits for at most so many holds.
HOLDS_PER_BATCH = 100
ROWS_PER_BATCH = 1_000
MONTHS_AHEAD = 6
MONTHS_NEEDED = 2
# Of the function's 60 s and until the next one begins; what is left then waits for it.
WORK_S = 40.0
# Of them, so that what comes after has its turn.
CLAIMS_S = 10.0

metrics = Metrics()


def tend_ledger(seconds: float = WORK_S) -> dict[str, Any]:
    """Does what is due for at most `seconds`; answers with how much it was.

    A task that meets a lock is left to the next minute. One that breaks is a bug of ours: it keeps no other from its
    turn, and is raised at the end.
    """
    ends = time.monotonic() + seconds
    tasks: dict[str, Callable[[], Any]] = {
        "partitions": lambda: store.make_partitions(MONTHS_AHEAD),
        "claims": lambda: claim_waiting(min(seconds, CLAIMS_S)),
        "holds": lambda: _until_none(store.expire_holds, HOLDS_PER_BATCH, ends),
        "striped": stripe_hot_wallets,
        "keys": lambda: _until_none(store.forget_keys, ROWS_PER_BATCH, ends),
        "quotes": lambda: _until_none(store.forget_quotes, ROWS_PER_BATCH, ends),
        "addresses": lambda: _until_none(store.forget_addresses, ROWS_PER_BATCH, ends),
        "events": lambda: _until_none(store.forget_published, ROWS_PER_BATCH, ends),
    }
    done: dict[str, Any] = {}
    broken: list[str] = []
    for name, task in tasks.items():
        try:
            done[name] = task()
        except Busy:
            logger.warning("the ledger is busy", extra={"task": name})
        except Exception:  # noqa: BLE001  # one task that breaks must not keep the others from their turn
            logger.exception("the ledger is not tended", extra={"task": name})
            broken.append(name)
    metrics.add_metric(MONTHS_WITHOUT_PARTITION, MetricUnit.Count, store.months_without_partition(MONTHS_NEEDED))
    metrics.flush_metrics()
    ensure(not broken, "every task of tending can be done or must wait")
    return done


def _until_none(work: Callable[[int], int], batch_max: int, ends: float) -> int:
    """Batch after batch until one does nothing."""
    total = 0
    while time.monotonic() < ends and (done := work(batch_max)):
        total += done
    return total
