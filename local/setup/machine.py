"""What the machine must bring itself: Python, Java, Node and Maven."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

from local.setup.step import SetupError

PYTHON_MIN = (3, 11)
# Program: how it tells its version, the oldest major that works, and the Debian package that brings it.
PROGRAMS: Mapping[str, tuple[Sequence[str], int, str]] = {
    "java": (("-version",), 17, "openjdk-17-jre-headless"),
    "mvn": (("--version",), 3, "maven"),
    "node": (("--version",), 20, "nodejs (20 or newer: not Debian 12's own)"),
    "npm": (("--version",), 9, "npm"),
    "setpriv": (("--version",), 2, "util-linux"),
}


def check_machine() -> dict[str, str]:
    """The versions found; raises SetupError that lists everything missing or too old at once."""
    found: dict[str, str] = {"python": ".".join(map(str, sys.version_info[:3]))}
    wrong = []
    if sys.version_info < PYTHON_MIN:
        wrong.append(f"python3 is {found['python']}, 3.11 or newer is needed")
    for program, (arguments, major_min, package) in PROGRAMS.items():
        version = version_of(program, arguments)
        if version is None:
            wrong.append(f"{program} is missing: install {package}")
        elif int(version.partition(".")[0]) < major_min:
            wrong.append(f"{program} is {version}, {major_min} or newer is needed")
        else:
            found[program] = version
    if wrong:
        raise SetupError("This machine is not ready:\n" + "\n".join(f"- {line}" for line in wrong))
    return found


def version_of(program: str, arguments: Sequence[str]) -> str | None:
    """The first thing that looks like a version in what the program prints; None when it is not there."""
    if shutil.which(program) is None:
        return None
    run = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    plain = re.sub(r"\x1b\[\d*m", "", run.stdout + run.stderr)  # Maven prints in bold
    match = re.search(r"\d+(\.\d+)*", plain)
    return match[0] if match else None
