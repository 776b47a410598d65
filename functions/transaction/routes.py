"""The routes of the transaction API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import BeforeValidator

from functions.transaction.bulk import bulk, rehearse_bulk
from functions.transaction.filters import Filters
from functions.transaction.read_transactions import list_timeline, list_transactions, read_transaction
from functions.transaction.schemas import (
    BulkBody,
    BulkRequest,
    CaptureRequest,
    HoldRequest,
    ReverseRequest,
    TransactionList,
    TransferRequest,
    VoidRequest,
)
from functions.transaction.transfer import transfer
from functions.transaction.two_phase import capture, hold, reverse, void
from paycore.errors import InvalidParameter
from paycore.fields import AmountMinor, Currency, Instant, digits_only
from paycore.http import DryRunQuery, Router, cached_entry, current_caller, needs, reply, required_key
from paycore.http.answers import kept, moved
from paycore.ledger.commands import MovementKind, TransactionStatus
from paycore.ledger.schemas import TransactionBody
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["transactions"])

BULK_BYTES_MAX = 1024 * 1024

FilterQuery = Annotated[str | None, Query(min_length=1, max_length=255)]
AmountQuery = Annotated[Annotated[AmountMinor, BeforeValidator(digits_only)] | None, Query()]
InstantQuery = Annotated[Instant | None, Query(description="RFC 3339")]


@routes.post(
    "/v1/transactions/transfer",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:transfer", key="required"),
)
async def post_transfer(
    body: TransferRequest, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Transfers money from the caller's wallet."""
    return moved(transfer(caller, body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/transactions/hold",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:hold", key="required"),
)
async def post_hold(
    body: HoldRequest, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Reserves money of the caller's for a wallet."""
    return moved(hold(caller, body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/transactions/bulk",
    status_code=201,
    response_model=BulkBody,
    openapi_extra=needs("transactions:transfer", key="required", body_bytes_max=BULK_BYTES_MAX),
)
async def post_bulk(
    body: BulkRequest, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Transfers up to 1,000 times, all or none, or each by itself."""
    return kept(rehearse_bulk(caller, body, key) if dry_run else bulk(caller, body, key))


@routes.post(
    "/v1/transactions/{transaction_id}/capture",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:capture", key="required"),
)
async def post_capture(
    transaction_id: str,
    body: CaptureRequest,
    caller: current_caller,
    key: required_key,
    dry_run: DryRunQuery = False,
) -> Response:
    """Takes held money, all or a part."""
    return moved(capture(caller, transaction_id, body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/transactions/{transaction_id}/void",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:void", key="required"),
)
async def post_void(
    transaction_id: str,
    body: VoidRequest,  # noqa: ARG001  # it has no fields, and must be there
    caller: current_caller,
    key: required_key,
    dry_run: DryRunQuery = False,
) -> Response:
    """Gives up what remains of a hold."""
    return moved(void(caller, transaction_id, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/transactions/{transaction_id}/reverse",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:reverse", key="required"),
)
async def post_reversal(
    transaction_id: str,
    body: ReverseRequest,
    caller: current_caller,
    key: required_key,
    dry_run: DryRunQuery = False,
) -> Response:
    """Brings money back, all or a part."""
    return moved(reverse(caller, transaction_id, body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.get(
    "/v1/transactions/{transaction_id}", response_model=TransactionBody, openapi_extra=needs("transactions:read")
)
async def get_transaction(transaction_id: str, caller: current_caller, cached: cached_entry) -> Response:
    """Shows a transaction to its parties."""
    return reply(200, read_transaction(caller, transaction_id, cached))


@routes.get(
    "/v1/transactions/{transaction_id}/timeline",
    response_model=TransactionList,
    openapi_extra=needs("transactions:read"),
)
async def get_timeline(
    transaction_id: str, caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None
) -> Response:
    """Lists a transaction and what captured, voided or reversed it, newest first."""
    return reply(200, list_timeline(caller, transaction_id, limit, cursor))


@routes.get("/v1/transactions", response_model=TransactionList, openapi_extra=needs("transactions:read"))
async def get_transactions(
    request: Request,
    caller: current_caller,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
    wallet_id: FilterQuery = None,
    direction: Annotated[Literal["in", "out"] | None, Query(description="Of the wallet, or of the caller")] = None,
    kind: MovementKind | None = None,
    status: TransactionStatus | None = None,
    currency: Currency | None = None,
    external_id: FilterQuery = None,
    amount_gte: AmountQuery = None,
    amount_lte: AmountQuery = None,
    created_gte: InstantQuery = None,
    created_lt: InstantQuery = None,
    metadata: Annotated[str | None, Query(description="As metadata[key]=value", max_length=500)] = None,
    owner_id: Annotated[FilterQuery, Query(description="Whose, for admins; else the caller's")] = None,
) -> Response:
    """Lists the caller's transactions, newest first.

    A page looks at 10,000 transactions at most: where few match, it may be shorter than `limit`, and `has_more` tells.
    """
    filters = Filters(
        wallet_id,
        direction,
        kind,
        status,
        currency,
        external_id,
        amount_gte,
        amount_lte,
        _instant(created_gte),
        _instant(created_lt),
        _metadata(request.query_params, metadata),
    )
    return reply(200, list_transactions(caller, filters, limit, cursor, owner_id))


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def _metadata(query: Mapping[str, str], bare: str | None) -> dict[str, str] | None:
    if bare is not None:
        raise InvalidParameter(param="metadata")
    wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[") and name[-1] == "]"}
    return wanted or None
