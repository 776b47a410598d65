"""The Debian packages of the local servers: installed without starting them, their major versions checked."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.progress import Progress
from local.setup.step import SetupError, execute

# Package and the beginning of the version we are built for (epoch left out).
SERVERS: Mapping[str, str] = {"postgresql-15": "15.", "pgbouncer": "1.", "redis-server": "7."}
# What PostgreSQL loads to read the SQL functions: tests/sql.
EXTENSIONS: Mapping[str, str] = {"postgresql-15-plpgsql-check": "2."}
TOOLS: Mapping[str, str] = {"openssl": "3."}
DAEMONS_AT_BOOT = ("pgbouncer", "redis-server")

# Debian asks this program before it starts a daemon (invoke-rc.d(8)); 101 means: not allowed.
POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_ASIDE = Path("/usr/sbin/policy-rc.d.before-paycore")
POLICY_TEXT = "#!/bin/sh\nexit 101\n"
# Read by postgresql-common: no cluster of the machine's own is made along the way.
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/paycore.conf")
NO_CLUSTER_TEXT = "create_main_cluster = false\n"


def ensure_packages() -> dict[str, str]:
    """Installs what is missing and returns the exact versions; raises SetupError for a wrong major version."""
    wanted = {**SERVERS, **EXTENSIONS, **TOOLS}
    if importlib.util.find_spec("ensurepip") is None:
        wanted["python3-venv"] = "3."  # Debian's Python comes without it; other interpreters have their own
    missing = [package for package in wanted if installed_version(package) is None]
    if missing:
        with Progress(f"Installing {', '.join(missing)} from Debian"):
            install(missing)
    return {package: checked_version(package, major) for package, major in wanted.items()}


def checked_version(package: str, major: str) -> str:
    """The exact version; raises SetupError when it does not begin with `major` (after Debian's epoch)."""
    version = installed_version(package) or "not installed"
    if not version.rpartition(":")[2].startswith(major):
        raise SetupError(f"{package} is {version}, but {major}x is needed (Debian 12 has it)")
    return version


def installed_version(package: str) -> str | None:
    """The exact version of an installed Debian package."""
    if shutil.which("dpkg-query") is None:
        raise SetupError("dpkg-query is not there: the local servers are installed from Debian 12's packages")
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", package]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    status, _, version = run.stdout.partition(" ")
    return version if status == "installed" else None


def install(packages: list[str]) -> None:
    """apt-get as root; no daemon starts, now or at the next boot."""
    quiet = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300"]
    as_root("apt-get", "update", "-q")
    with nothing_starts():
        as_root("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", *quiet,
                "--no-install-recommends", *packages)  # fmt: skip
    if shutil.which("systemctl"):
        for daemon in DAEMONS_AT_BOOT:
            if daemon in packages:
                as_root("systemctl", "disable", "--quiet", daemon)


@contextmanager
def nothing_starts() -> Iterator[None]:
    """While packages are installed, daemons stay down; afterwards the machine's own policy is back."""
    if POLICY.exists() and not POLICY_ASIDE.exists():
        as_root("mv", POLICY, POLICY_ASIDE)
    place(POLICY, POLICY_TEXT, "755")
    place(NO_CLUSTER, NO_CLUSTER_TEXT, "644")
    try:
        yield
    finally:
        as_root("rm", "-f", NO_CLUSTER, POLICY)
        if POLICY_ASIDE.exists():  # also one that an interrupted attempt left there
            as_root("mv", POLICY_ASIDE, POLICY)


def place(path: Path, text: str, mode: str) -> None:
    """Writes a file that belongs to root."""
    with tempfile.NamedTemporaryFile("w") as draft:
        draft.write(text)
        draft.flush()
        as_root("install", "-D", "-m", mode, draft.name, path)


def as_root(*command: str | Path) -> None:
    if os.geteuid() == 0:
        execute(command)
    elif shutil.which("sudo"):
        execute(["sudo", *command])  # asks for the password on the terminal itself when it needs one
    else:
        raise SetupError(f"root or sudo is needed for: {' '.join(map(str, command))}")
