"""Reads the last verification of the ledger."""

from typing import Any

from functions.transaction.verification import store
from paycore.database import one_statement
from paycore.errors import LedgerVerificationNotFound


def read_verification() -> dict[str, Any]:
    """The last result; a failure stays until a whole verification passes. Raises LedgerVerificationNotFound."""
    row = one_statement(store.current)
    if row is None:
        raise LedgerVerificationNotFound
    return {"object": "ledger_verification", **row._mapping}
