"""Tells on the terminal what takes its time: a name at once, the elapsed seconds every two, the total at the end."""

import sys
import threading
import time
from types import TracebackType

STEP_SECONDS = 2.0


class Progress:
    """`with Progress("Building"):` prints one line for a short step and keeps a long one alive."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> "Progress":
        print(f"{self._title} ...", end="", flush=True)
        self._started = time.monotonic()
        self._thread.start()
        return self

    def _tell(self) -> None:
        while not self._over.wait(STEP_SECONDS):
            print(f" {time.monotonic() - self._started:.0f}s", end="", flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        took = f"{time.monotonic() - self._started:.1f} s"
        print(f" failed after {took}" if kind else f" done in {took}")
        sys.stdout.flush()
