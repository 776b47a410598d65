"""Workers that move money are killed, and so is PostgreSQL: after a retry each key has exactly one effect."""

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from local import processes
from local.configuration import Configuration
from local.services import chains
from local.services.postgres import DATABASE
from paycore import database, ids
from paycore.errors import PaymentError
from paycore.ledger.post import AnyCommand, post
from tests.branches import collect
from tests.faults.movements import Movement, Trade
from tests.faults.outage import until, wait_until_well
from tests.integration.ledger_crowd import Crowd, ask, at_the_pooler
from tests.pinning import expect_nothing_pins

KILLS = int(os.environ.get("KILLS", "24"))  # of workers, each once; `make prove` sets more
SEED = int(os.environ.get("PROOF_SEED") or random.randrange(2**32))
WORKERS = 24  # at the same time
KEYS = 30  # of each worker
FUNDS = 100_000
POINTS = ("before the call", "inside the call", "about the call", "after the commit", "at random")
WAIT_S_MAX = 30
POSTERS = 8  # at the same time, when PostgreSQL is killed
TOLD_MIN = 150


@pytest.fixture
def crowd(platform: Configuration) -> Iterator[Crowd]:
    with at_the_pooler(platform):
        made = Crowd(platform)
        yield made
        made.close()


def _work(number: int, movements: list[Movement], trade: Trade, point: str) -> None:
    """Posts under one key after the other, and dies on the way."""
    database.engine.cache_clear()
    chosen = random.Random(SEED + number)
    last = chosen.choice(movements)
    if point == "at random":
        threading.Timer(chosen.uniform(0.01, 0.3), _die).start()
    for movement in movements:
        command = trade.command(movement)
        if movement == last and point == "before the call":
            _die()
        if movement == last and point == "inside the call":
            _die_inside(command, trade)
        if movement == last and point == "about the call":
            # The call takes as long as it likes: death meets it somewhere between its first byte and its answer.
            threading.Timer(chosen.uniform(0, 0.004), _die).start()
        ask(command)
        if movement == last and point in ("after the commit", "about the call"):
            _die()  # the answer never goes out
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_inside(command: AnyCommand, trade: Trade) -> None:
    """The payer's row is another session's until the call has its key and waits for the row."""
    trade.lock_payer()
    with database.transaction() as connection:
        backend = int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        threading.Thread(target=post, args=(connection, command)).start()
        until(lambda: trade.keeps_waiting(backend), "the call waits for its payer's row")
        _die()


def _run(work: list[tuple[int, list[Movement], Trade, str]]) -> list[int | None]:
    """How each worker ended: -9 for a killed one."""
    database.engine().dispose()
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_work, args=each) for each in work]
    for child in children:
        child.start()
    for child in children:
        child.join(WAIT_S_MAX)
    return [child.exitcode for child in children]


class TestKilled:
    def test_workers_leave_one_effect_for_each_key(self, crowd: Crowd) -> None:
        trade = Trade(crowd, FUNDS)
        print(f"PROOF_SEED={SEED}")
        movements = trade.prepare(ids.new("ent") for _ in range(KILLS * KEYS))
        shares = [movements[start : start + KEYS] for start in range(0, len(movements), KEYS)]
        work = [(number, share, trade, POINTS[number % len(POINTS)]) for number, share in enumerate(shares)]
        for start in range(0, KILLS, WORKERS):
            crew = work[start : start + WORKERS]
            assert _run(crew) == [-signal.SIGKILL] * len(crew)
        before = trade.expect_one_effect_each(movements)
        assert 0 < before < len(movements)

    def test_postgresql_keeps_what_it_committed_and_nothing_else(self, platform: Configuration) -> None:
        with at_the_pooler(platform):
            crowd = Crowd(platform)
            trade = Trade(crowd, FUNDS)
            movements = trade.prepare(ids.new("ent") for _ in range(400))
            crowd.close()
            told = _post_until_it_dies(platform, trade, movements)
            _start_postgresql(platform)
            until(_answers, "PostgreSQL answers again")
            wait_until_well(platform)
            crowd.reconnect()
            before = trade.expect_one_effect_each(movements)
            kept = {row[0] for row in crowd.sql("SELECT id FROM ledger.transaction WHERE id = ANY(:told)", told=told)}
            crowd.close()
        assert before >= len(told) >= TOLD_MIN
        assert len(told) < len(movements), "it died amid calls"
        assert kept == set(told)


def _post_until_it_dies(platform: Configuration, trade: Trade, movements: list[Movement]) -> list[str]:
    """The transactions that PostgreSQL told of, one for each movement, until it was killed amid the calls of many."""
    collect(platform, DATABASE)  # now: which statements it saw, and what they reached, dies with it
    expect_nothing_pins(platform)
    told: list[str] = []
    enough = threading.Event()

    def post(share: list[Movement]) -> None:
        for movement in share:
            try:
                outcome = ask(trade.command(movement))
            except PaymentError:
                return
            told.append((outcome.bulk or (outcome,))[0].completed().id)
            if len(told) >= TOLD_MIN:
                enough.set()

    with ThreadPoolExecutor(POSTERS) as pool:
        posting = [pool.submit(post, movements[number::POSTERS]) for number in range(POSTERS)]
        assert enough.wait(WAIT_S_MAX)
        _kill_postgresql(platform)
        for each in posting:
            each.result()
    return told


def _kill_postgresql(platform: Configuration) -> None:
    identity = processes.running(platform, "postgres")
    assert identity, "PostgreSQL runs"
    os.kill(identity.pid, signal.SIGKILL)


def _start_postgresql(platform: Configuration) -> None:
    """Not before init has reaped the killed server: until then its lock file names a process that seems to live."""
    killed = processes.recorded(platform, "postgres")
    assert killed, "PostgreSQL ran"
    until(lambda: not Path(f"/proc/{killed.pid}").exists(), "the killed server is gone")
    server = next(service for chain in chains(platform) for service in chain if service.name == "postgres")
    server.stop()  # whatever the dead server left behind
    server.start()


def _answers() -> bool:
    try:
        database.database_check()
    except PaymentError:
        return False
    return True
