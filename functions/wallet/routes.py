"""The routes of the wallet API."""

from typing import Annotated

from fastapi import Query, Response

from functions.wallet.change_funds import change_funds as change
from functions.wallet.change_wallet import Action, change_wallet, rename_wallet
from functions.wallet.deactivate_wallet import deactivate_wallet
from functions.wallet.open_wallet import open_wallet
from functions.wallet.read_wallet import list_entries, list_wallets, read_balance, read_balance_at, read_wallet
from functions.wallet.schemas import (
    ChangeFunds,
    DeactivateWallet,
    EntryList,
    ExplainedChange,
    FreezeWallet,
    OpenWallet,
    PastBalanceBody,
    RenameWallet,
    SetCreditLimit,
    StripeWallet,
    WalletBalanceBody,
    WalletBody,
    WalletList,
)
from paycore.caller import Caller
from paycore.fields import Instant, StrictModel
from paycore.http import (
    DryRunQuery,
    Router,
    cached_entry,
    current_caller,
    needs,
    reply,
    request_key,
    request_origin,
    required_key,
)
from paycore.http.answers import kept, moved
from paycore.ledger.schemas import TransactionBody
from paycore.origin import Origin
from paycore.pagination import CursorQuery, LimitQuery
from paycore.request_key import RequestKey

routes = Router(tags=["wallets"])

PastQuery = Annotated[Instant | None, Query(description="RFC 3339, at least 5 s old")]


@routes.post(
    "/v1/wallets", status_code=201, response_model=WalletBody, openapi_extra=needs("wallets:write", key="accepted")
)
async def post_wallet(body: OpenWallet, caller: current_caller, key: request_key, origin: request_origin) -> Response:
    """Opens a wallet."""
    return kept(open_wallet(caller, body, origin, key))


@routes.get("/v1/wallets", response_model=WalletList, openapi_extra=needs("wallets:read"))
async def get_wallets(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's wallets, newest first."""
    return reply(200, list_wallets(caller, limit, cursor))


@routes.get("/v1/wallets/{wallet_id}", response_model=WalletBody, openapi_extra=needs("wallets:read"))
async def get_wallet(wallet_id: str, caller: current_caller, cached: cached_entry) -> Response:
    """Shows a wallet; the balance may be as old as its version says."""
    return reply(200, read_wallet(caller, wallet_id, cached))


@routes.get(
    "/v1/wallets/{wallet_id}/balance",
    response_model=WalletBalanceBody | PastBalanceBody,
    openapi_extra=needs("wallets:read"),
)
async def get_balance(wallet_id: str, caller: current_caller, at: PastQuery = None) -> Response:
    """Shows the balance at this moment, or what was posted at an earlier one."""
    return reply(200, read_balance(caller, wallet_id) if at is None else read_balance_at(caller, wallet_id, at))


@routes.get("/v1/wallets/{wallet_id}/entries", response_model=EntryList, openapi_extra=needs("wallets:read"))
async def get_entries(
    wallet_id: str, caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None
) -> Response:
    """Lists the wallet's book, newest first."""
    return reply(200, list_entries(caller, wallet_id, limit, cursor))


@routes.post(
    "/v1/wallets/{wallet_id}/funds/add",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("funds:add", key="required"),
)
async def add_funds(
    wallet_id: str, body: ChangeFunds, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Adds money from the bank's clearing account."""
    return moved(change(caller, wallet_id, "funds_added", body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/wallets/{wallet_id}/funds/deduct",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("funds:deduct", key="required"),
)
async def deduct_funds(
    wallet_id: str, body: ChangeFunds, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Takes money to the bank's clearing account."""
    return moved(change(caller, wallet_id, "funds_deducted", body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.patch("/v1/wallets/{wallet_id}", response_model=WalletBody, openapi_extra=needs("wallets:write"))
async def patch_wallet(wallet_id: str, body: RenameWallet, caller: current_caller, origin: request_origin) -> Response:
    """Renames a wallet."""
    return kept(rename_wallet(caller, wallet_id, body, origin))


@routes.post(
    "/v1/wallets/{wallet_id}/deactivate",
    response_model=WalletBody,
    openapi_extra=needs("wallets:close", key="accepted"),
)
async def post_deactivation(
    wallet_id: str, body: DeactivateWallet, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Closes a wallet; `sweep_to` gets what is left and makes the Idempotency-Key necessary."""
    return kept(deactivate_wallet(caller, wallet_id, body, origin, key))


@routes.post(
    "/v1/wallets/{wallet_id}/freeze", response_model=WalletBody, openapi_extra=needs("wallets:freeze", key="accepted")
)
async def post_freeze(
    wallet_id: str, body: FreezeWallet, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Stops money out of a wallet, into it, or both."""
    return _changed(caller, wallet_id, "freeze", body, key, origin)


@routes.post(
    "/v1/wallets/{wallet_id}/unfreeze",
    response_model=WalletBody,
    openapi_extra=needs("wallets:unfreeze", key="accepted"),
)
async def post_unfreeze(
    wallet_id: str, body: ExplainedChange, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Lets money move again in both directions."""
    return _changed(caller, wallet_id, "unfreeze", body, key, origin)


@routes.post(
    "/v1/wallets/{wallet_id}/reopen", response_model=WalletBody, openapi_extra=needs("wallets:reopen", key="accepted")
)
async def post_reopening(
    wallet_id: str, body: ExplainedChange, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Opens a closed wallet again."""
    return _changed(caller, wallet_id, "reopen", body, key, origin)


@routes.post(
    "/v1/wallets/{wallet_id}/credit-limit",
    response_model=WalletBody,
    openapi_extra=needs("wallets:limit", key="accepted", step_up=True),
)
async def post_credit_limit(
    wallet_id: str, body: SetCreditLimit, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Sets how far a wallet may go below nothing."""
    return _changed(caller, wallet_id, "limit", body, key, origin)


@routes.post(
    "/v1/wallets/{wallet_id}/stripe", response_model=WalletBody, openapi_extra=needs("wallets:stripe", key="accepted")
)
async def post_stripes(
    wallet_id: str, body: StripeWallet, caller: current_caller, key: request_key, origin: request_origin
) -> Response:
    """Prepares a wallet for many payments at once."""
    return _changed(caller, wallet_id, "stripe", body, key, origin)


def _changed(
    caller: Caller, wallet_id: str, action: Action, body: StrictModel, key: RequestKey | None, origin: Origin
) -> Response:
    return kept(change_wallet(caller, wallet_id, action, body.model_dump(), origin, key))
