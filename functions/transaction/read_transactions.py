"""Reads transactions: one by its id (from the cache, until its status changes), or a person's history."""

from dataclasses import asdict
from typing import Any

from functions.transaction import store
from functions.transaction.filters import Filters
from paycore import cache_entries, ids
from paycore.caller import Caller
from paycore.database import one_statement, transaction
from paycore.errors import TransactionNotFound
from paycore.ledger.outcome import Transaction
from paycore.ledger.outcome import read_transaction as from_facts
from paycore.ledger.path_ids import transaction_id_of
from paycore.ledger.render import may_see, transaction_body
from paycore.pagination import page, render


def entry_key(path: str, _: str) -> str | None:
    """The cache entry of `/v1/transactions/{transaction_id}`; None for any other path."""
    collection, _, transaction_id = path.rpartition("/")
    return (
        cache_entries.transaction_key(transaction_id)
        if collection == "/v1/transactions" and ids.is_id("tx", transaction_id)
        else None
    )


def read_transaction(caller: Caller, transaction_id: str, cached: cache_entries.Lookup) -> dict[str, Any]:
    """The transaction; raises TransactionNotFound for what is absent and for what is not the caller's."""
    facts = cached.body(cache_entries.transaction_key(transaction_id_of(transaction_id)))
    if facts is None:
        facts = one_statement(lambda connection: store.find(connection, transaction_id))
        if facts is None:
            raise TransactionNotFound
        cache_entries.fill(cached, facts["version"], facts)
    found = from_facts(facts)
    sees_all = _allow(caller, found)
    return transaction_body(found, caller.user_id, sees_all=sees_all)


def list_timeline(caller: Caller, transaction_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """The transaction and what captured, voided or reversed it, newest first: so it stands last itself.

    Raises TransactionNotFound as `read_transaction` does. What ended by itself has no row: the status tells it.
    """
    asked = page(limit, cursor, {"list": "timeline", "transaction": transaction_id_of(transaction_id)})
    with transaction() as connection:
        facts = store.find(connection, transaction_id)
        rows = store.timeline(connection, transaction_id, asked)
    if facts is None:
        raise TransactionNotFound
    sees_all = _allow(caller, from_facts(facts))
    return render(
        asked,
        rows,
        lambda row: transaction_body(from_facts(row.facts), caller.user_id, sees_all=sees_all),
        lambda row: str(row.id),
    )


def _allow(caller: Caller, found: Transaction) -> bool:
    """Whether the caller sees all of it; raises TransactionNotFound for who sees nothing."""
    sees_all = caller.may("transactions:read_any")
    if not sees_all and not may_see(found, caller.user_id):
        raise TransactionNotFound
    return sees_all


def list_transactions(
    caller: Caller, filters: Filters, limit: int, cursor: str | None, owner_id: str | None = None
) -> dict[str, Any]:
    """The history of the caller, or of `owner_id` for who may read anybody's, newest first; raises Forbidden."""
    if owner_id is not None:
        caller.require("transactions:read_any")
    viewer = owner_id or caller.user_id
    asked = page(limit, cursor, {"list": "transactions", "viewer": viewer, **asdict(filters)})
    rows = one_statement(lambda connection: store.list_of(connection, viewer, filters, asked))
    return render(
        asked,
        [row for row in rows if row.facts is not None],
        lambda row: transaction_body(from_facts(row.facts), viewer, sees_all=owner_id is not None),
        lambda row: str(row.id),
        next((str(row.id) for row in rows if row.facts is None), None),
    )
