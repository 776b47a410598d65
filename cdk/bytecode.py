"""Compiles built layers to .pyc files that are trusted by hash: a packaged file has lost its time stamp.

Never for a source tree: Python would go on serving the compiled file after an edit.
"""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

AWS_VERSION = "3.13"


def candidates() -> list[str]:
    """Where a Python of the AWS runtime's version may be: this one, on the path, beside this one."""
    name = f"python{AWS_VERSION}"
    siblings = sorted(Path(sys.base_prefix).parent.glob(f"{AWS_VERSION}*/bin/{name}"))
    found = (sys.executable, shutil.which(name), *map(str, siblings))
    return [candidate for candidate in found if candidate]


@cache
def aws_interpreter() -> str | None:
    """An interpreter whose .pyc files Lambda's runtime accepts; None where the machine has none."""
    question = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    for candidate in candidates():
        answer = subprocess.run([candidate, "-c", question], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == AWS_VERSION:
            return candidate
    return None


def compile_hashed(folder: Path, interpreter: str | None) -> None:
    """Compiles every module below `folder`; without an interpreter of the right version it leaves sources."""
    if interpreter is None:
        return
    options = ("-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder))
    subprocess.run([interpreter, "-m", "compileall", *options, str(folder)], check=True)
