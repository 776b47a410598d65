"""Says what still stands under which key of the rings, before one is retired. Nothing triggers this function: an
operator invokes it (docs/operations.md).

aws lambda invoke --function-name paycore-prod-user-count_key_uses /dev/stdout
"""

from typing import Any

from functions.user.store import key_uses
from paycore.database import transaction


def handler(event: dict[str, Any], context: Any) -> dict[str, dict[str, dict[str, int]]]:  # noqa: ARG001  # as Lambda calls
    """By ring, kind of thing and key id: how many there are. A key that no kind names may go."""
    with transaction() as connection:
        return key_uses.count(connection)
