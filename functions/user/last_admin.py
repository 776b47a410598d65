"""An admin always remains: who else could make one?"""

from functions.user.store import Connection, people_locks
from paycore.errors import LastAdmin


def refuse_last_admin(connection: Connection, user_id: str, *others: str) -> None:
    """Before this person ceases to be an active admin; raises LastAdmin.

    Before any account is locked: this locks all admins, the person, and the `others` whom the caller is to lock.
    """
    if people_locks.lock_admins_and(connection, [user_id, *others]) == [user_id]:
        raise LastAdmin
