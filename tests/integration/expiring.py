"""Time that passes for holds: when one ends is changed in the hold and in its transaction, which must agree on it."""

from collections.abc import Mapping
from contextlib import closing

from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import DATABASE, SUPERUSER, connect

_END = """
WITH ended AS (
    UPDATE ledger.hold h SET expires_at = clock_timestamp() + e.ms * interval '1 ms'
      FROM unnest(CAST(:ids AS text[]), CAST(:ms AS integer[])) e (id, ms) WHERE h.transaction_id = e.id
    RETURNING h.transaction_id, h.expires_at
)
UPDATE ledger.transaction t
   SET details = t.details || jsonb_build_object('expires_at', ledger.rfc3339(e.expires_at))
  FROM ended e WHERE t.id = e.transaction_id
"""


def end_holds(platform: Configuration, in_ms: Mapping[str, int], database: str = DATABASE) -> None:
    """Each is over in so many milliseconds, or was so many ago. Past the triggers: a transaction never changes."""
    password = superuser_password(platform)
    with closing(connect(platform, platform.ports.postgres, SUPERUSER, password, database)) as connection:
        connection.run("SET session_replication_role = replica")
        connection.run(_END, ids=list(in_ms), ms=list(in_ms.values()))
