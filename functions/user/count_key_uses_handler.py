"""Says what still stands under which key of the rings, before one is retired. Nothing triggers this function: an
operator invokes it (docs/operations.md).

Not counted is what ends by itself and is missed by nobody for long: counters of attempts and of new addresses, cached
profiles, codes in events on their way to the mail (`notices-keys`), cursors, which their clients hold (`cursor-keys`),
and the addresses in answers about new schedules that are kept for 30 days: a repeated request has none after the key.

aws lambda invoke --function-name paycore-prod-user-count_key_uses /dev/stdout
"""

from typing import Any

from functions.user.store import key_uses
from paycore.database import transaction


def handler(event: dict[str, Any], context: Any) -> dict[str, dict[str, dict[str, int]]]:  # noqa: ARG001  # as Lambda calls
    """By ring, kind of thing and key id: how many there are. A key that no kind names may go."""
    with transaction() as connection:
        return key_uses.count(connection)
