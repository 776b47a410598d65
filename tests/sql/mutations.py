"""The tests of the SQL that take one of its guards away: each must then miss it. For `make prove ONLY=mutations`."""

import subprocess
import sys

# A mutation lives in a transaction that is rolled back, or replaces one function and puts it back.
_NAMED = "is_missed_when_it_is_gone or are_not_without_its_words or need_not_be_unique or would_without_its_fence"


def run() -> int:
    """Every mutation once, named; 0 if each turned its test red. They are part of `make test`, too."""
    return subprocess.run([sys.executable, "-m", "pytest", "-v", "tests/sql", "-k", _NAMED], check=False).returncode


if __name__ == "__main__":
    sys.exit(run())
