"""Locks several people at once, always in the order of ids: who act on each other wait, and stop nobody."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

_LOCK_EACH = text("SELECT FROM identity.user WHERE id = ANY(CAST(:user_ids AS text[])) ORDER BY id FOR NO KEY UPDATE")
# Who is an admin is judged after the wait: another may have taken the role meanwhile.
_LOCK_ADMINS = text(
    """
    SELECT id, status = 'active' AND 'admin' = ANY (roles) AS is_admin FROM identity.user
     WHERE status = 'active' AND 'admin' = ANY (roles) OR id = ANY(CAST(:user_ids AS text[]))
     ORDER BY id FOR NO KEY UPDATE
    """
)


def lock_each(connection: Connection, user_ids: Sequence[str]) -> None:
    """Those of these accounts that exist, until the commit."""
    connection.execute(_LOCK_EACH, {"user_ids": list(user_ids)})


def lock_admins_and(connection: Connection, user_ids: Sequence[str]) -> Sequence[str]:
    """The ids of all active admins. They and these accounts are locked until the commit: nobody becomes the last one,
    or goes, meanwhile.
    """
    locked = connection.execute(_LOCK_ADMINS, {"user_ids": list(user_ids)}).all()
    return [row.id for row in locked if row.is_admin]
