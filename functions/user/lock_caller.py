"""Locks the account of who is asking, for what must not be done for somebody who has just lost the right to it."""

from functions.user.store import Connection, sessions, users
from functions.user.store.people import Person
from paycore.caller import Caller
from paycore.errors import Forbidden, SessionRevoked


def lock_caller(connection: Connection, caller: Caller) -> Person:
    """The caller's account, locked until the commit: what the session's entry said of it is asked again.

    Raises SessionRevoked where the account or the session has ended meanwhile, Forbidden where a role has gone.
    Before any counter of attempts is changed: everybody locks in this order.
    """
    person = users.lock(connection, caller.user_id)
    if person is None or person.status != "active":
        raise SessionRevoked
    if not sessions.is_live(connection, caller.user_id, caller.session_id):
        raise SessionRevoked
    if not set(caller.roles) <= set(person.roles):
        raise Forbidden
    return person
