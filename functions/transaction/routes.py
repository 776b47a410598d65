"""The routes of the transaction API."""

from typing import Annotated

from fastapi import Query, Response

from functions.transaction.read_transactions import list_transactions, read_transaction
from functions.transaction.schemas import TransactionList, TransferRequest
from functions.transaction.store import Filters
from functions.transaction.transfer import transfer
from paycore.fields import Currency
from paycore.http import Router, cached_entry, current_caller, needs, reply, required_key
from paycore.http.problem import REPLAYED
from paycore.ledger.commands import MovementKind, TransactionStatus
from paycore.ledger.render import transaction_body
from paycore.ledger.schemas import TransactionBody
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["transactions"])

FilterQuery = Annotated[str | None, Query(min_length=1, max_length=255)]


@routes.post(
    "/v1/transactions/transfer",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs(key="required"),
)
async def post_transfer(body: TransferRequest, caller: current_caller, key: required_key) -> Response:
    """Transfers money from the caller's wallet."""
    outcome = transfer(caller, body, key)
    shown = transaction_body(outcome.completed(), caller.user_id, sees_all=False)
    return reply(201, shown, REPLAYED if outcome.replayed else None)


@routes.get("/v1/transactions/{transaction_id}", response_model=TransactionBody, openapi_extra=needs())
async def get_transaction(transaction_id: str, caller: current_caller, cached: cached_entry) -> Response:
    """Shows a transaction to its parties."""
    return reply(200, read_transaction(caller, transaction_id, cached))


@routes.get("/v1/transactions", response_model=TransactionList, openapi_extra=needs())
async def get_transactions(
    caller: current_caller,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
    wallet_id: FilterQuery = None,
    kind: MovementKind | None = None,
    status: TransactionStatus | None = None,
    currency: Currency | None = None,
    external_id: FilterQuery = None,
) -> Response:
    """Lists the caller's transactions, newest first."""
    filters = Filters(wallet_id, kind, status, currency, external_id)
    return reply(200, list_transactions(caller, filters, limit, cursor))
