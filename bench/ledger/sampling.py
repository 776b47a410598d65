"""Where a process spends its processor time: a signal after each millisecond of it, attributed to a package.

The innermost frame of a known package counts: TLS that pg8000 asks for is pg8000's, JSON that we ask for is ours.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

INTERVAL_S = 0.001


class Sampling:
    """A context: afterwards `seconds` has the processor time of the block by part."""

    def __init__(self, part_of: Callable[[str], str | None]) -> None:
        """`part_of` names the part of a file's path, or None for a file that is its caller's."""
        self._part_of = part_of
        self._samples: Counter[str] = Counter()
        self._began = 0.0
        self.seconds: dict[str, float] = {}

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
        self._began = time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        spent, total = time.process_time() - self._began, sum(self._samples.values())
        self.seconds = {part: spent * count / total for part, count in self._samples.items()}

    def _sample(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            part = self._part_of(frame.f_code.co_filename)
            if part is not None:
                self._samples[part] += 1
                return
            frame = frame.f_back
