"""Wallets and entries as the API shows them."""

from typing import Any

from paycore.database import Row


def wallet_body(row: Row[Any]) -> dict[str, Any]:
    """The wallet object."""
    return {
        "object": "wallet",
        "id": row.id,
        "owner_id": row.owner_id,
        "currency": row.currency,
        "name": row.name,
        "state": row.state,
        "balance": balance_body(row),
        "credit_limit": -row.floor_minor,
        "version": row.version,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def balance_body(row: Row[Any]) -> dict[str, int]:
    """The balances. `available`: posted money that no hold reserves, and the credit limit."""
    return {
        "posted": row.posted_minor,
        "pending_in": row.pending_in_minor,
        "pending_out": row.held_minor,
        "available": row.posted_minor - row.held_minor - row.floor_minor,
    }


def entry_body(row: Row[Any]) -> dict[str, Any]:
    """The entry object. Its id is the transaction's, which has one line in a wallet's book, with the line's version."""
    return {
        "object": "entry",
        "id": f"{row.transaction_id.replace('tx_', 'ent_')}_{row.version}",
        "transaction_id": row.transaction_id,
        "kind": row.kind,
        "amount": row.amount_minor,
        "currency": row.currency,
        "balance_after": row.balance_after,
        "version": row.wallet_version,
        "description": row.description,
        "external_id": row.external_id,
        "created_at": row.posted_at,
        "posted_at": row.posted_at,
    }
