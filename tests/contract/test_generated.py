"""Generated documents say what the code says."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


class TestGenerated:
    def test_documents_are_fresh(self) -> None:
        command = [sys.executable, "docs/generate.py", "--check"]
        run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
