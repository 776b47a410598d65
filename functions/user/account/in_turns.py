"""Does what is due batch by batch, in turns: work that never ends keeps no other from its turn."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from paycore.errors import Busy
from paycore.invariants import ensure
from paycore.observability import logger

# Of the function's 60 s, with room for the last batch; what is left then waits for the next hour.
WORK_S = 40.0


@dataclass(frozen=True, slots=True)
class Task:
    """`work` does at most `batch_max` and answers how many it did; with fewer, nothing is left to do."""

    work: Callable[[int], int]
    batch_max: int


def in_turns(tasks: Mapping[str, Task], seconds: float = WORK_S) -> dict[str, int]:
    """A batch of each that has more, round after round, for at most `seconds`; how many of each.

    A task that meets a lock is left to the next hour. One that breaks is a bug of ours: it keeps no other from its
    turn, and is raised at the end.
    """
    ends = time.monotonic() + seconds
    done = dict.fromkeys(tasks, 0)
    waiting = dict(tasks)
    broken: list[str] = []
    while waiting:
        for name, task in list(waiting.items()):
            if time.monotonic() >= ends:
                waiting.clear()
                break
            try:
                count = task.work(task.batch_max)
            except Busy:
                logger.warning("what is over is busy", extra={"task": name})
                count = 0
            except Exception:  # noqa: BLE001  # one task that breaks must not keep the others from their turn
                logger.exception("what is over is not forgotten", extra={"task": name})
                broken.append(name)
                count = 0
            done[name] += count
            if count < task.batch_max:
                del waiting[name]
    ensure(not broken, "every task of the hour can be done or must wait")
    return done
