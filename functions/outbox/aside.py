"""The keys whose next event cannot leave, set aside for a while so that all others go on.

A key in front of which stands an event that cannot be rendered, or that Kafka refuses, waits with everything behind
it: its order is worth more than its speed, and nothing is lost. It is tried again after SET_ASIDE_S, so a repaired row
or a release that knows the type is enough; nobody has to tell the relay.

Where it is the event's own fault, the others' money need not wait for it: such a key is told to the database, so that
what waits behind it is no backlog (docs/decisions/0036).
"""

import time
from typing import Any, TypeAlias

from paycore.database import Row
from paycore.observability import logger

# Long enough that a refused event costs the others nothing, short enough that after a broker's trouble the outbox is
# empty within two minutes (correctness.md F22).
SET_ASIDE_S = 10.0

Key: TypeAlias = tuple[str, str]  # topic and partition key


class SetAside:
    """Which keys wait, and until when; the memory of one run."""

    def __init__(self) -> None:
        self._until: dict[Key, float] = {}
        self._untold: list[Key] = []
        self.events = 0  # how often an event was found that could not leave

    def add(self, row: Row[Any], reason: str, *, own_fault: bool) -> None:
        """The key waits from now on, behind `row`. `own_fault`: the event could not leave at any other time either."""
        self.events += 1
        key = (row.topic, row.partition_key)
        self._until[key] = time.monotonic() + SET_ASIDE_S
        if own_fault:
            self._untold.append(key)
        facts = {"event_id": row.event_id, "event_type": row.type, "topic": row.topic, "reason": reason}
        logger.error("an event cannot leave the outbox, its key waits", extra=facts)

    def holds(self, row: Row[Any]) -> bool:
        """Whether the row's key waits, as of the last `keys`: within a batch no event passes its elder."""
        return (row.topic, row.partition_key) in self._until

    def keys(self) -> list[Key]:
        """The keys that still wait; forgets those whose time is over."""
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        return list(self._until)

    def take_untold(self) -> list[Key]:
        """The keys that were set aside since the last call because of an event's own fault."""
        untold, self._untold = self._untold, []
        return untold
