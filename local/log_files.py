"""Log files that processes append to; an old long one is set aside, so that logs never fill the disk."""

import os
from pathlib import Path

BYTES_MAX = 32 * 1024 * 1024


def open_log(file: Path) -> int:
    """A descriptor whose every write is one whole append."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > BYTES_MAX:
        file.replace(file.with_suffix(".log.1"))
    return os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
