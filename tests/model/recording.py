"""How the oracle writes a transaction down: the answer as a client is told it, without instants."""

from paycore.ledger.commands import Command
from tests.model.book import Account, Book, Facts, Record

PAYERS = Account("several", None, "")  # of the reversal of a split, which is never reversed itself


def record(
    book: Book,
    command: Command,
    kind: str,
    source: Account | None,
    target: Account | None,
    amount: int,
    currency: str,
    original_id: str | None = None,
) -> Record:
    """A completed transaction, to be changed where it is none. Our own accounts are told as null."""
    told = getattr(command, "description", None)
    shown: Facts = {
        "id": command.transaction_id,
        "kind": kind,
        "status": "completed",
        "version": 1,
        "amount": amount,
        "currency": currency,
        "source_wallet_id": source.id if source and source.owner else None,
        "source_owner_id": source.owner if source else None,
        "target_wallet_id": target.id if target and target.owner else None,
        "target_owner_id": target.owner if target else None,
        "original_id": original_id,
        "actor_id": command.actor_id,
        "description": told,
        "external_id": getattr(command, "external_id", None),
        "reason": getattr(command, "reason", None),
        "metadata": getattr(command, "metadata", {}),
        "failure_code": None,
        "posted": True,
        "legs": [],
    }
    made = Record(shown, source or PAYERS, target, "completed")
    book.records[command.transaction_id] = made
    return made
