"""`make prove`: the long proofs of the ledger, in rounds, as many as fit the minutes; counts on where the last run stopped.

MINUTES is the budget (20), ONLY names some of the parts (sequences,races,kills,mutations). The part that is furthest
from what counts as done is next; one that is done is not run again. Each round is a test run of its own with a seed that
is printed; the counters and the seeds stand in docs/proof.json, so another machine counts on; its removal begins anew.
"""

import json
import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COUNTERS = Path("docs/proof.json")
PROOF_HOME = ".local-test-proof"  # not that of `make test`: what thousands of rounds staged would keep its relay busy


@dataclass(frozen=True)
class Part:
    """One proof: which tests, of what size a round is, and how much in total counts as done."""

    tests: str
    sizes: Mapping[str, str]
    round_counts: int  # large enough that a start of the system (half a minute) is small beside it
    wanted: int
    what: str


PARTS = {
    "sequences": Part(
        "tests/model/test_against_oracle.py",
        {"MODEL_SEQUENCES": "400", "MODEL_STEPS": "200"},
        round_counts=400,
        wanted=10_000,
        what="sequences of 200 steps",
    ),
    "races": Part(
        "tests/integration/test_ledger_races.py",
        {"RACE_ROUNDS": "500"},
        round_counts=500,
        wanted=2_000,
        what="rounds of each race",
    ),
    "kills": Part("tests/faults/test_kills.py", {"KILLS": "120"}, round_counts=120, wanted=500, what="killed workers"),
    "mutations": Part(
        "tests/sql tests/integration/test_ledger_one_wins.py -k 'is_missed_when_it_is_gone or are_not_without_its_words "
        "or need_not_be_unique or would_without_its_fence or is_not_refused_without_the_lock'",
        {},
        round_counts=1,
        wanted=1,
        what="run of all mutations",
    ),
}


def main() -> int:
    """The first red round ends it, with the command that repeats it."""
    ends = time.monotonic() + 60 * float(os.environ.get("MINUTES") or "20")
    chosen = [name for name in (os.environ.get("ONLY") or "").split(",") if name] or [*PARTS]
    if unknown := set(chosen) - set(PARTS):
        print(f"No such part: {', '.join(sorted(unknown))}. There are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    counters: dict[str, Any] = json.loads(COUNTERS.read_text()) if COUNTERS.exists() else {}
    while time.monotonic() < ends:
        name = min(chosen, key=lambda each: _share(counters, each))
        if _share(counters, name) >= 1:
            print(f"All is done that was to be done. Remove {COUNTERS} to begin anew.")
            break
        if not _round(name, counters):
            return 1
    return 0


def _share(counters: Mapping[str, Any], name: str) -> float:
    """What part of its aim is reached: 1 and more is done."""
    return float(counters.get(name, {}).get("done", 0) / PARTS[name].wanted)


def _round(name: str, counters: dict[str, Any]) -> bool:
    """Runs one round of a part and counts it, if it is green."""
    part, seed = PARTS[name], secrets.randbelow(2**32)
    sizes = {**part.sizes, "PROOF_SEED": str(seed)}
    command = f".venv/bin/pytest -q -rP {part.tests} --hypothesis-seed={seed}"
    told = " ".join([*(f"{size}={value}" for size, value in sizes.items()), command])
    print(f"{name}: {told}", flush=True)
    arguments = [sys.executable, "-m", "pytest", *shlex.split(command)[1:]]
    own = {"PAYCORE_TEST_HOME": PROOF_HOME, **os.environ, **sizes}
    if subprocess.run(arguments, env=own, check=False).returncode != 0:
        print(f"{name} is red. Repeat it: {told}")
        return False
    counter = counters.setdefault(name, {"done": 0, "seeds": []})
    counter["done"] += part.round_counts
    counter["seeds"].append(seed)
    COUNTERS.write_text(json.dumps(counters, indent=1) + "\n")
    print(f"{name}: {counter['done']} of {part.wanted} {part.what} so far", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
