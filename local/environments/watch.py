"""Notices that source files were changed, added or removed, by looking at their times."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class Changes:
    """The files below some folders; `since_last` names what is different now."""

    POLL_SECONDS = 1.0  # a look at 150 files takes a millisecond

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = [str(folder) for folder in folders]
        self._seen = self._look()

    def since_last(self) -> set[Path]:
        """The files that changed since the last call."""
        before, self._seen = self._seen, self._look()
        return {Path(name) for name, _ in before.items() ^ self._seen.items()}

    def _look(self) -> dict[str, int]:
        found: dict[str, int] = {}
        folders = list(self._folders)
        while folders:
            # A folder or file that vanishes while we look is noticed the next time.
            with suppress(FileNotFoundError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            folders.append(entry.path)
                    elif not entry.name.endswith(".pyc"):
                        found[entry.path] = entry.stat(follow_symlinks=False).st_mtime_ns
        return found
