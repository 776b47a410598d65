"""The routes of currency conversion."""

from fastapi import Response

from functions.transaction.conversion.convert import convert, load_rate, quote
from functions.transaction.conversion.schemas import (
    ConvertRequest,
    ExchangeRateBody,
    QuoteBody,
    QuoteRequest,
    RateRequest,
)
from paycore.http import DryRunQuery, Router, current_caller, needs, request_key, request_origin, required_key
from paycore.http.answers import kept, moved
from paycore.ledger.schemas import TransactionBody

routes = Router(tags=["conversion"])


@routes.post(
    "/v1/transactions/convert",
    status_code=201,
    response_model=TransactionBody,
    openapi_extra=needs("transactions:convert", key="required"),
)
async def post_conversion(
    body: ConvertRequest, caller: current_caller, key: required_key, dry_run: DryRunQuery = False
) -> Response:
    """Changes currency at a quote."""
    return moved(convert(caller, body, key, dry_run=dry_run), caller, dry_run=dry_run)


@routes.post(
    "/v1/quotes", status_code=201, response_model=QuoteBody, openapi_extra=needs("quotes:create", key="accepted")
)
async def post_quote(body: QuoteRequest, caller: current_caller, key: request_key) -> Response:
    """Says what an amount gives in another currency, for a minute."""
    return kept(quote(caller, body, key))


@routes.post(
    "/v1/exchange-rates",
    status_code=201,
    response_model=ExchangeRateBody,
    openapi_extra=needs("exchange_rates:write", key="accepted", step_up=True),
)
async def post_rate(body: RateRequest, caller: current_caller, key: request_key, origin: request_origin) -> Response:
    """Loads the rate of a pair of currencies."""
    return kept(load_rate(caller, body, key, origin))
