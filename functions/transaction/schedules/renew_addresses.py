"""Seals the addresses of schedules by the current key, so that an older one can be retired, however long they wait."""

from functions.transaction.schedules import store
from functions.transaction.schedules.render import renewed_email
from paycore.database import transaction
from paycore.email_index import address_ring

# Of one run; the next minute finds the others.
_AT_MOST = 500


def renew_addresses() -> int:
    """How many addresses it found under older keys of the ring, also such as it could not open and left as they are."""
    ring = address_ring()
    older = [key_id for key_id in ring.key_ids if key_id != ring.current]
    if not older:
        return 0
    with transaction() as connection:
        rows = store.sealed_by(connection, older, _AT_MOST)
        for row in rows:
            if (renewed := renewed_email(row)) is not None:
                store.seal_anew(connection, row.id, renewed)
    return len(rows)
