"""Locks the account of who is asking, for what must not be done for somebody who has just lost the right to it."""

from functions.user.store import Connection, people_locks, sessions, users
from functions.user.store.people import Person
from paycore.caller import Caller
from paycore.errors import Forbidden, SessionRevoked


def lock_caller(connection: Connection, caller: Caller) -> Person:
    """The caller's account, locked until the commit: what the session's entry said of it is asked again.

    Raises SessionRevoked where the account or the session has ended meanwhile, Forbidden where a role has gone.
    Before any counter of attempts is changed: everybody locks in this order.
    """
    return _still_entitled(connection, caller, users.lock(connection, caller.user_id))


def lock_with_caller(connection: Connection, caller: Caller, user_id: str) -> Person | None:
    """Somebody else's account, on which the caller acts; None where there is none.

    Both are locked in one order, whoever acts on whom. Raises as `lock_caller` does.
    """
    people_locks.lock_each(connection, [caller.user_id, user_id])
    see_caller(connection, caller)
    return users.find(connection, user_id)


def see_caller(connection: Connection, caller: Caller) -> Person:
    """The caller's account as it is locked already, or as a snapshot has it; raises as `lock_caller` does."""
    return _still_entitled(connection, caller, users.find(connection, caller.user_id))


def _still_entitled(connection: Connection, caller: Caller, person: Person | None) -> Person:
    if person is None or person.status != "active":
        raise SessionRevoked
    if not sessions.is_live(connection, caller.user_id, caller.session_id):
        raise SessionRevoked
    if not set(caller.roles) <= set(person.roles):
        raise Forbidden
    return person
