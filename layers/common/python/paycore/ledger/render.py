"""A transaction as the API shows it: a pure function of the facts and of who looks, so that a replay is byte-equal."""

from typing import Any

from paycore.ledger.commands import Transaction


def transaction_body(transaction: Transaction, viewer_id: str, *, sees_all: bool) -> dict[str, Any]:
    """The transaction object. `legs` holds only what the viewer may see: nobody learns another's balance."""
    return {
        "object": "transaction",
        "id": transaction.id,
        "created_at": transaction.created_at,
        "kind": transaction.kind,
        "status": transaction.status,
        "amount": transaction.amount,
        "currency": transaction.currency,
        "source_wallet_id": transaction.source_wallet_id,
        "target_wallet_id": transaction.target_wallet_id,
        "description": transaction.description,
        "external_id": transaction.external_id,
        "legs": [
            {
                "wallet_id": leg.account_id,
                "amount": leg.amount,
                "balance_after": leg.balance_after,
                "wallet_version": leg.version,
            }
            for leg in transaction.legs
            if leg.owner_id is not None and (sees_all or leg.owner_id == viewer_id)
        ],
        "metadata": transaction.metadata,
        "failure_code": transaction.failure_code,
        "completed_at": transaction.completed_at,
    }


def may_see(transaction: Transaction, viewer_id: str) -> bool:
    """Both parties see a movement; a failed one is its initiator's alone."""
    if transaction.status == "failed":
        return viewer_id in (transaction.source_owner_id, transaction.actor_id)
    return viewer_id in (transaction.source_owner_id, transaction.target_owner_id)
