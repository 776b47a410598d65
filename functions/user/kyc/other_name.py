"""A verified identity is that of a name: with another one it is to be verified anew."""

from functions.user.kyc.change_status import change_status
from functions.user.store import Connection
from functions.user.store.people import Person
from paycore.origin import Origin

_REASON = "another name"
# A request that waits is dropped, too: who decides it may have seen the name that was.
_OF_A_NAME = ("pending", "verified")


def verify_anew(connection: Connection, before: Person, renamed: Person, actor_id: str, origin: Origin) -> Person:
    """The person (who is locked) with kyc_status none, if the name is another one than `before`, which was verified or
    being verified. The caller tells everybody of the rights, after the commit.
    """
    if renamed.full_name == before.full_name or renamed.kyc_status not in _OF_A_NAME:
        return renamed
    return change_status(connection, renamed, "none", actor_id, _REASON, origin)
