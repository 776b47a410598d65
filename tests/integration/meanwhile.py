"""Two transactions of which the one waits for the other: what happens is certain, where a race only makes it likely."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pg8000.native
from sqlalchemy.exc import DatabaseError

from paycore.database_trouble import sqlstate
from paycore.ledger.post import AnyCommand, post_now
from tests.integration.ledger_desk import LedgerDesk

PATIENCE_S = 30.0


@contextmanager
def somebody(desk: LedgerDesk) -> Iterator[pg8000.native.Connection]:
    """A transaction of somebody else's."""
    with desk.session() as other:
        other.run("BEGIN")
        yield other


def post_as(other: pg8000.native.Connection, command: AnyCommand) -> None:
    """The ledger does it, in the transaction of somebody else."""
    ((answer,),) = other.run("SELECT ledger.post(CAST(:command AS jsonb))", command=json.dumps(command.body())) or []
    assert "refusal" not in answer, answer


def commit_under(desk: LedgerDesk, other: pg8000.native.Connection, work: Callable[[], Any]) -> Any:
    """What the work gives, if the other one commits while the work waits for its locks."""
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        until_blocked_by(desk, other, working)
        other.run("COMMIT")
        return working.result()


def until_blocked_by(desk: LedgerDesk, other: pg8000.native.Connection, working: Future[Any] | None = None) -> None:
    """Somebody waits for what the other one has locked; `working` is what should."""
    ((pid,),) = other.run("SELECT pg_backend_pid()") or []
    deadline = time.monotonic() + PATIENCE_S
    with desk.session() as looking:  # one connection for all looks: a lock is waited for a second or two
        while not looking.run("SELECT FROM pg_stat_activity WHERE :pid = ANY(pg_blocking_pids(pid))", pid=pid):
            assert working is None or not working.done(), f"it did not wait: {working.result()}"
            assert time.monotonic() < deadline, "nobody waits"


def end_of_second(desk: LedgerDesk, first: AnyCommand, second: AnyCommand) -> str:
    """What becomes of the second, which comes before the first has committed: `done`, the code of its refusal, or the
    SQLSTATE of what must not happen.
    """
    with somebody(desk) as other:
        post_as(other, first)
        try:
            outcome = commit_under(desk, other, lambda: post_now(second))
        except DatabaseError as failure:
            return sqlstate(failure)
    return outcome.refusal.code if outcome.refusal else "done"
