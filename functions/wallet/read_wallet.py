"""Reads wallets: from the cache where it may be a little old, from PostgreSQL where it must be now."""

from datetime import datetime, timedelta
from typing import Any

from functions.wallet import store
from functions.wallet.instants import require_settled
from functions.wallet.render import balance_body, entry_body, wallet_body
from paycore import cache_entries, clock, ids
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import WalletNotFound
from paycore.ledger.path_ids import wallet_id_of
from paycore.pagination import page, render
from paycore.permissions import Permission


def entry_key(path: str, _: str) -> str | None:
    """The cache entry of `/v1/wallets/{wallet_id}`; None for any other path."""
    collection, _, wallet_id = path.rpartition("/")
    return cache_entries.wallet_key(wallet_id) if collection == "/v1/wallets" and ids.is_id("wal", wallet_id) else None


def read_wallet(caller: Caller, wallet_id: str, cached: cache_entries.Lookup) -> dict[str, Any]:
    """The wallet of the caller (an admin: of anybody); raises WalletNotFound."""
    key = cache_entries.wallet_key(wallet_id_of(wallet_id))
    body = cached.body(key)
    if body is None:
        body = wallet_body(_find(wallet_id))
        cache_entries.fill(cached, body["version"], body)
    _allow(caller, body["owner_id"], "wallets:read_any")
    return body


def read_balance(caller: Caller, wallet_id: str) -> dict[str, Any]:
    """The balance at this moment; raises WalletNotFound."""
    row = find_allowed(caller, wallet_id, "wallets:read_any")
    return {
        "object": "balance",
        "wallet_id": row.id,
        "currency": row.currency,
        **balance_body(row),
        "version": row.version,
        "as_of": row.read_at,
    }


def read_balance_at(caller: Caller, wallet_id: str, at: datetime) -> dict[str, Any]:
    """What was posted at an instant of the past; raises InvalidParameter or WalletNotFound.

    What holds reserved then is not kept: a hold writes no entry.
    """
    row = find_allowed(caller, wallet_id, "wallets:read_any")
    one_statement(lambda connection: require_settled(connection, "at", at))
    just_after = at + timedelta(microseconds=1)  # there is one: the last instant of all is not settled
    return {
        "object": "balance",
        "wallet_id": row.id,
        "currency": row.currency,
        "posted": one_statement(lambda connection: store.posted_before(connection, row.id, just_after)),
        "as_of": clock.timestamp(at),
    }


def list_wallets(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's wallets, newest first."""
    asked = page(limit, cursor, {"list": "wallets", "owner": caller.user_id})
    rows = one_statement(lambda connection: store.list_of(connection, caller.user_id, asked))
    return render(asked, rows, wallet_body, lambda row: str(row.id))


def list_entries(caller: Caller, wallet_id: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """The wallet's book, newest first; raises WalletNotFound."""
    asked = page(limit, cursor, {"list": "entries", "wallet": wallet_id_of(wallet_id)})
    row = find_allowed(caller, wallet_id, "wallets:read_any")
    rows = one_statement(
        lambda connection: store.entries(
            connection, row.id, asked, caller.user_id, sees_all=caller.may("transactions:read_any")
        )
    )
    return render(asked, rows, entry_body, lambda entry: f"{entry.posted_us}_{entry.stripe}_{entry.version}")


def find_allowed(caller: Caller, wallet_id: str, for_any: Permission) -> store.WalletRow:
    """The wallet of the caller, with `for_any` of anybody; raises WalletNotFound."""
    row = _find(wallet_id_of(wallet_id))
    _allow(caller, row.owner_id, for_any)
    return row


def _find(wallet_id: str) -> store.WalletRow:
    row = one_statement(lambda connection: store.find(connection, wallet_id))
    if row is None:
        raise WalletNotFound
    return row


def _allow(caller: Caller, owner_id: str, for_any: Permission) -> None:
    """Foreign and absent look the same."""
    if owner_id != caller.user_id and not caller.may(for_any):
        raise WalletNotFound
