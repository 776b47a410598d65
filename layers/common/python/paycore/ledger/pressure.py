"""Back-pressure: while the system is behind with what it has promised, no more money moves; reads go on.

Two signs. More events are staged than the relay takes at once, and the first of the rest waits for over a minute: the
relay or Kafka is behind, and more movements would only lengthen the queue (decision 13). Or the pooler lets a request
wait for over half a second. An environment has one connection to the pooler, so no queue of its own; the time of one
small question, asked beside the real work every two seconds, is what the pooler adds.
"""

import threading
import time

from paycore.errors import Overloaded
from paycore.outbox import Probe, probe

BACKLOG_AGE_S_MAX = 60.0
POOL_WAIT_S_MAX = 0.5
# How long a probe is believed: one round trip in two seconds costs a busy environment nothing.
PROBE_LIFE_S = 2.0


class Pressure:
    """What the last probe of this environment said."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._probed_at: float | None = None
        self._last = Probe(0, 0)

    def overloaded(self) -> bool:
        """Whether money should wait; asks anew when the last probe is old."""
        with self._lock:
            now = time.monotonic()
            if self._probed_at is None or now - self._probed_at > PROBE_LIFE_S:
                self._last = _judge()
                self._probed_at = now
            return self._last.backlog_age_s > BACKLOG_AGE_S_MAX or self._last.answered_in_s > POOL_WAIT_S_MAX


def _judge() -> Probe:
    """A slow answer is asked for once more: a new connection, or a pause of this environment, is no queue."""
    first = probe()
    return first if first.answered_in_s <= POOL_WAIT_S_MAX else probe()


_pressure = Pressure()


def refuse_if_overloaded() -> None:
    """Raises Overloaded while the system is behind. The key of the request stays free: a repeat is judged anew."""
    if _pressure.overloaded():
        raise Overloaded
