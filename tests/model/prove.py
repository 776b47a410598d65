"""`make prove`: as many long sequences against the oracle as fit its minutes; counts on where the last run stopped.

Each round is a test run of its own with a seed that is printed; the counter stands in .local/proof.json.
"""

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HOME = Path(".local")
COUNTER = HOME / "proof.json"
STEPS = 200
ROUND_SEQUENCES = 100  # of a size that a start of the system (half a minute) is small beside it
WANTED = 10_000  # sequences of 200 steps, over several runs: what counts as done


def main() -> int:
    """The first red round ends it, with the command that repeats it."""
    ends = time.monotonic() + 60 * float(os.environ.get("MINUTES", "20"))
    done: dict[str, Any] = {"sequences": 0, "steps": STEPS, "seeds": []}
    if COUNTER.exists():
        done = json.loads(COUNTER.read_text())
    while time.monotonic() < ends:
        seed = secrets.randbelow(2**32)
        print(f"seed {seed}: {ROUND_SEQUENCES} sequences of up to {STEPS} steps", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "tests/model", f"--hypothesis-seed={seed}"]
        sizes = {"MODEL_SEQUENCES": str(ROUND_SEQUENCES), "MODEL_STEPS": str(STEPS)}
        if subprocess.run(command, env={**os.environ, **sizes}, check=False).returncode != 0:
            sizes_told = " ".join(f"{name}={value}" for name, value in sizes.items())
            print(f"Repeat it: {sizes_told} .venv/bin/pytest tests/model --hypothesis-seed={seed}")
            return 1
        done["sequences"] += ROUND_SEQUENCES
        done["seeds"].append(seed)
        HOME.mkdir(exist_ok=True)
        COUNTER.write_text(json.dumps(done))
        print(f"{done['sequences']} of {WANTED} sequences so far", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
