"""A transaction as the API shows it: a pure function of the facts and of who looks, so that a replay is byte-equal."""

from typing import Any

from paycore.ledger.outcome import Transaction

# What a movement is to the one that it is about.
_LINKS = {"capture": "captures", "void": "voids", "reversal": "reverses"}


def transaction_body(transaction: Transaction, viewer_id: str, *, sees_all: bool) -> dict[str, Any]:
    """The transaction object. `legs` and `splits` hold only what the viewer may see: nobody learns another's balance.

    Metadata and external_id are the initiator's own notes; the other side does not see them.
    """
    initiator = sees_all or viewer_id in (transaction.source_owner_id, transaction.actor_id)
    return {
        "object": "transaction",
        "id": transaction.id,
        "created_at": transaction.created_at,
        "kind": transaction.kind,
        "status": transaction.status,
        "version": transaction.version,
        "amount": transaction.amount,
        "currency": transaction.currency,
        "source_wallet_id": transaction.source_wallet_id,
        "target_wallet_id": transaction.target_wallet_id,
        "description": transaction.description,
        "external_id": transaction.external_id if initiator else None,
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
        "metadata": transaction.metadata if initiator else {},
        "failure_code": transaction.failure_code,
        "completed_at": transaction.completed_at,
        **_links(transaction, viewer_id, initiator=initiator),
    }


def _links(transaction: Transaction, viewer_id: str, *, initiator: bool) -> dict[str, Any]:
    """What only some kinds have: the earlier transaction, the end of a hold, the parts of a split, a conversion."""
    links: dict[str, Any] = {}
    if transaction.kind in _LINKS:
        links[_LINKS[transaction.kind]] = transaction.original_id
    if "expires_at" in transaction.details:
        links["expires_at"] = transaction.details["expires_at"]
    if "splits" in transaction.details:
        own = {leg.account_id for leg in transaction.legs if leg.owner_id == viewer_id}
        back = transaction.kind == "reversal"  # then its target is who had split
        side = "source_wallet_id" if back else "target_wallet_id"
        sees_each = initiator or (back and viewer_id == transaction.target_owner_id)
        links["splits"] = [
            {side: split["wallet_id"], "amount": split["amount"]}
            for split in transaction.details["splits"]
            if sees_each or split["wallet_id"] in own
        ]
    if "conversion" in transaction.details:
        links["conversion"] = transaction.details["conversion"]
    return links


def may_see(transaction: Transaction, viewer_id: str) -> bool:
    """All parties see a movement; a failed one is its initiator's alone."""
    if transaction.status == "failed":
        return viewer_id == transaction.actor_id
    parties = {transaction.source_owner_id, transaction.target_owner_id}
    return viewer_id in parties | {leg.owner_id for leg in transaction.legs}
