"""The routes of the wallet API."""

from typing import Literal

from fastapi import Request, Response

from functions.wallet.change_funds import change_funds as change
from functions.wallet.deactivate_wallet import deactivate_wallet
from functions.wallet.open_wallet import open_wallet
from functions.wallet.read_wallet import list_entries, list_wallets, read_balance, read_wallet
from functions.wallet.schemas import (
    ChangeFunds,
    DeactivateWallet,
    EntryList,
    OpenWallet,
    WalletBalanceBody,
    WalletBody,
    WalletList,
)
from paycore.caller import Caller
from paycore.http import Router, cached_entry, current_caller, needs, reply, request_key, required_key
from paycore.http.problem import REPLAYED
from paycore.ledger.render import transaction_body
from paycore.ledger.schemas import TransactionBody
from paycore.pagination import CursorQuery, LimitQuery
from paycore.request_key import RequestKey

routes = Router(tags=["wallets"])


@routes.post("/v1/wallets", status_code=201, response_model=WalletBody, openapi_extra=needs(key="accepted"))
async def post_wallet(body: OpenWallet, caller: current_caller, key: request_key, request: Request) -> Response:
    """Opens a wallet."""
    answer = open_wallet(caller, body, request.scope["paycore.request_id"], key)
    return reply(answer.status, answer.body, REPLAYED if answer.replayed else None)


@routes.get("/v1/wallets", response_model=WalletList, openapi_extra=needs())
async def get_wallets(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's wallets, newest first."""
    return reply(200, list_wallets(caller, limit, cursor))


@routes.get("/v1/wallets/{wallet_id}", response_model=WalletBody, openapi_extra=needs())
async def get_wallet(wallet_id: str, caller: current_caller, cached: cached_entry) -> Response:
    """Shows a wallet; the balance may be as old as its version says."""
    return reply(200, read_wallet(caller, wallet_id, cached))


@routes.get("/v1/wallets/{wallet_id}/balance", response_model=WalletBalanceBody, openapi_extra=needs())
async def get_balance(wallet_id: str, caller: current_caller) -> Response:
    """Shows the balance at this moment."""
    return reply(200, read_balance(caller, wallet_id))


@routes.get("/v1/wallets/{wallet_id}/entries", response_model=EntryList, openapi_extra=needs())
async def get_entries(
    wallet_id: str, caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None
) -> Response:
    """Lists the wallet's book, newest first."""
    return reply(200, list_entries(caller, wallet_id, limit, cursor))


@routes.post(
    "/v1/wallets/{wallet_id}/funds/add",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("admin", key="required"),
)
async def add_funds(wallet_id: str, body: ChangeFunds, caller: current_caller, key: required_key) -> Response:
    """Adds money from the bank's clearing account."""
    return _change_funds(wallet_id, "funds_added", body, caller, key)


@routes.post(
    "/v1/wallets/{wallet_id}/funds/deduct",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("admin", key="required"),
)
async def deduct_funds(wallet_id: str, body: ChangeFunds, caller: current_caller, key: required_key) -> Response:
    """Takes money to the bank's clearing account."""
    return _change_funds(wallet_id, "funds_deducted", body, caller, key)


@routes.post("/v1/wallets/{wallet_id}/deactivate", response_model=WalletBody, openapi_extra=needs())
async def post_deactivation(
    wallet_id: str, body: DeactivateWallet, caller: current_caller, request: Request
) -> Response:
    """Closes an empty wallet for good."""
    return reply(200, deactivate_wallet(caller, wallet_id, body, request.scope["paycore.request_id"]))


def _change_funds(
    wallet_id: str,
    kind: Literal["funds_added", "funds_deducted"],
    body: ChangeFunds,
    caller: Caller,
    key: RequestKey,
) -> Response:
    outcome = change(caller, wallet_id, kind, body, key)
    shown = transaction_body(outcome.completed(), caller.user_id, sees_all=True)
    return reply(201, shown, REPLAYED if outcome.replayed else None)
