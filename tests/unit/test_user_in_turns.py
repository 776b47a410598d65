"""The hourly work goes on batch by batch while there is time, and nothing keeps the rest from its turn."""

import time
from collections.abc import Callable
from itertools import count

import pytest

from cdk.user_functions import USER_FUNCTIONS
from functions.user.account.in_turns import WORK_S, Task, in_turns
from paycore.errors import Busy
from paycore.invariants import BrokenInvariant

BATCH = 10


def backlog(rows: int) -> Callable[[int], int]:
    """Work that has so many rows to do."""
    left = [rows]

    def work(batch_max: int) -> int:
        done = min(left[0], batch_max)
        left[0] -= done
        return done

    return work


def endless(batch_max: int) -> int:
    return batch_max


def raising(trouble: Exception) -> Callable[[int], int]:
    def work(_: int) -> int:
        raise trouble

    return work


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second later."""
    ticks = count()
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))


class TestInTurns:
    @pytest.mark.parametrize("rows", [0, 1, BATCH, 3 * BATCH, 3 * BATCH + 1])
    def test_goes_on_until_a_batch_is_not_full(self, rows: int) -> None:
        assert in_turns({"rows": Task(backlog(rows), BATCH)}) == {"rows": rows}

    @pytest.mark.usefixtures("ticking")
    def test_ends_in_time_and_everybody_had_a_turn(self) -> None:
        done = in_turns({"endless": Task(endless, BATCH), "few": Task(backlog(3), BATCH)}, seconds=20)
        assert done["few"] == 3
        assert BATCH < done["endless"] <= 20 * BATCH

    def test_leaves_what_is_busy_to_the_next_hour(self) -> None:
        tasks = {"busy": Task(raising(Busy()), BATCH), "rows": Task(backlog(25), BATCH)}
        assert in_turns(tasks) == {"busy": 0, "rows": 25}

    def test_raises_what_is_broken_after_the_others(self) -> None:
        rows = backlog(25)
        with pytest.raises(BrokenInvariant):
            in_turns({"broken": Task(raising(ValueError("bug")), BATCH), "rows": Task(rows, BATCH)})
        assert rows(BATCH) == 0

    def test_leaves_the_function_time_for_its_last_batch(self) -> None:
        (spec,) = [each for each in USER_FUNCTIONS if each.file == "erase_accounts_handler"]
        assert spec.timeout_seconds >= WORK_S + 15
