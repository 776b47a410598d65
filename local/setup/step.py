"""A step of the installation: done once, and again only when what it was made from has changed."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.configuration import REPOSITORY
from local.progress import Progress

TOOLS = REPOSITORY / ".local-tools"
# The interpreter itself: a version manager's shim on PATH would make uv look for one to download.
INTERPRETER = os.path.realpath(sys.executable)


class SetupError(RuntimeError):
    """The machine lacks something that setup cannot install, or an installer failed."""


@dataclass(frozen=True)
class Step:
    """What to do, from which files or texts, and what must exist afterwards."""

    title: str
    inputs: Sequence[Path | str]
    outputs: Sequence[Path]
    run: Callable[[], None]

    def ensure(self) -> bool:
        """Does the step unless its stamp says that nothing changed; tells whether it did."""
        stamp = TOOLS / "stamps" / self.title.lower().replace(" ", "-")
        fingerprint = self.fingerprint()
        present = all(output.exists() for output in self.outputs)
        if present and stamp.exists() and stamp.read_text() == fingerprint:
            return False
        stamp.unlink(missing_ok=True)
        with Progress(self.title):
            self.run()
        stamp.write_text(fingerprint)
        return True

    def fingerprint(self) -> str:
        """A hash of the inputs' contents and of where the repository lies (environments hold absolute paths)."""
        parts = [str(REPOSITORY).encode(), INTERPRETER.encode()]
        parts += [item.read_bytes() if isinstance(item, Path) else item.encode() for item in self.inputs]
        return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def execute(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """Runs an installer in the repository; its output is shown only when it fails, then whole. Returns it."""
    run = subprocess.run(
        [str(word) for word in command],
        cwd=REPOSITORY,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SetupError(f"{' '.join(map(str, command))} failed:\n{run.stdout}")
    return run.stdout
