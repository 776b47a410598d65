"""Sequences in several processes at once, each with a database of its own: a process alone waits half of its time."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context

from hypothesis import HealthCheck, Phase, seed, settings, stateful
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import run_state_machine_as_test

from local.configuration import Configuration
from tests.integration.outbox_desk import own_database
from tests.model.audit import audit
from tests.model.real import real_ledger
from tests.model.scene import Scene
from tests.model.services.door import Door
from tests.model.services.machine import ServiceMachine
from tests.model.services.surroundings import surroundings

# What Hypothesis may draw for one step, in its own unit. It ends a sequence before its last step that has drawn more
# than 8192, which about 150 steps do.
_DRAWN_PER_STEP = 128


def run_side_by_side(
    platform: Configuration, processes: int, sequences: int, steps: int, first_seed: int
) -> Counter[tuple[str, str]]:
    """How often each operation had which outcome; raises what the first red process raised, with all that it told."""
    outcomes: Counter[tuple[str, str]] = Counter()
    share = -(-sequences // processes)
    databases = [f"model_test_{place}" for place in range(processes)]
    with ExitStack() as stack, ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for database in databases:
            stack.enter_context(own_database(platform, database))
        running = [
            pool.submit(_run, platform, database, share, steps, first_seed + place)
            for place, database in enumerate(databases)
        ]
        for process in running:
            outcomes += process.result()
    return outcomes


def _run(platform: Configuration, database: str, sequences: int, steps: int, own_seed: int) -> Counter[tuple[str, str]]:
    for module in (engine, stateful):
        vars(module)["BUFFER_SIZE"] = max(engine.BUFFER_SIZE, steps * _DRAWN_PER_STEP)
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    with real_ledger(platform, database) as real, surroundings(platform):
        ServiceMachine.real, ServiceMachine.door = real, Door(real)
        run_state_machine_as_test(seed(own_seed)(ServiceMachine), settings=chosen)
        audit(real.sql, frozenset(Scene.enriched))
    return Scene.outcomes
