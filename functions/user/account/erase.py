"""Erases what is personal in accounts that were closed a while ago. What the ledger needs stays: ids and money."""

from functions.user.profile import outdate
from functions.user.store import Connection, closing
from paycore.database import one_statement, transaction
from paycore.events.account import UserErased
from paycore.outbox import stage_event

# The news of the closing and of the last days' movements needs an address, and money that was sent to an address goes
# back after seven days: until then its sender may ask whose it was.
KEPT_DAYS = 7


def erase(connection: Connection, user_id: str) -> int | None:
    """Nobody learns any more who this was; the account's next version. None where it is not closed, or was erased."""
    return closing.erase(connection, user_id)


def erase_due(request_id: str, at_most: int) -> int:
    """Erases at most so many of those whose time has come, each in a commit of its own; how many."""
    erased = 0
    for user_id in one_statement(lambda connection: closing.to_erase(connection, KEPT_DAYS, at_most)):
        with transaction() as connection:
            version = erase(connection, user_id)
            if version is not None:
                event = UserErased(user_id=user_id, version=version)
                stage_event(connection, event, subject=user_id, partition_key=user_id, request_id=request_id)
        if version is not None:
            outdate({"id": user_id, "version": version})
            erased += 1
    return erased
