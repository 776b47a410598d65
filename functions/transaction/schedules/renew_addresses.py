"""Seals the addresses of schedules by the current key, so that an older one can be retired, however long they wait."""

from functions.transaction.schedules import store
from functions.transaction.schedules.render import renewed_email
from paycore.database import transaction
from paycore.email_index import address_ring

# Of one run; the next minute finds the others.
_AT_MOST = 500


def renew_addresses() -> int:
    """How many addresses it sealed anew; such as it cannot open stay as they are."""
    ring = address_ring()
    older = [key_id for key_id in ring.key_ids if key_id != ring.current]
    if not older:
        return 0
    with transaction() as connection:
        found = [(row.id, renewed_email(row)) for row in store.sealed_by(connection, older, _AT_MOST)]
        renewed = [(schedule_id, email) for schedule_id, email in found if email is not None]
        for schedule_id, email in renewed:
            store.seal_anew(connection, schedule_id, email)
    return len(renewed)
