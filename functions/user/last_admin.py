"""An admin always remains: who else could make one?"""

from functions.user.store import Connection, users
from paycore.errors import LastAdmin


def refuse_last_admin(connection: Connection, user_id: str) -> None:
    """Before this person ceases to be an active admin, and before any other account is locked; raises LastAdmin."""
    if list(users.lock_admins(connection)) == [user_id]:
        raise LastAdmin
