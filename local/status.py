"""Shows what runs: processes, ports, memory and logs."""

import subprocess
import sys
from contextlib import suppress

from local import processes
from local.configuration import Configuration
from local.runtimes import RUNTIMES
from local.services import chains


def print_status(configuration: Configuration) -> None:
    """One line per server and runtime process; ends with 1 when something that belongs here is not running."""
    ports = {service.name: service.listening for chain in chains(configuration) for service in chain}
    ports |= dict.fromkeys(RUNTIMES, ())
    ports["gateway"] = (configuration.ports.gateway, configuration.ports.invoke)
    total, missing = 0.0, False
    print(f"{'name':<12}{'pid':>8}{'MB':>8}  ports")
    for name, listening in ports.items():
        identity = processes.running(configuration, name)
        missing = missing or identity is None
        megabytes = sum(map(proportional_megabytes, identity.group())) if identity else 0.0
        total += megabytes
        pid = str(identity.pid) if identity else "stopped"
        print(f"{name:<12}{pid:>8}{megabytes:>8.0f}  {', '.join(map(str, listening))}")
    print(f"{'all':<12}{'':>8}{total:>8.0f}  {configuration.home}")
    if missing:
        sys.exit(1)


def proportional_megabytes(pid: int) -> float:
    """The process's memory with its share of what it has in common with others (PSS, proc(5))."""
    try:
        lines = (processes.PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0  # ended meanwhile, or somebody else's
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def follow_logs(configuration: Configuration, names: list[str]) -> None:
    """Follows the named logs, or all, until interrupted."""
    every = sorted(file.stem for file in (configuration.home / "logs").glob("*.log"))
    unknown = set(names) - set(every)
    if unknown or not every:
        sys.exit(f"no log of {', '.join(sorted(unknown)) or 'anything'}; there are: {', '.join(every)}")
    files = [str(configuration.log_file(name)) for name in names or every]
    with suppress(KeyboardInterrupt):  # how one leaves it
        subprocess.run(["tail", "-n", "20", "-F", *files], check=True)
