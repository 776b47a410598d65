"""The routes of the payment API."""

from typing import Annotated

from fastapi import Query, Response

from functions.payment.pay import pay
from functions.payment.read_payments import (
    list_methods,
    list_payments,
    list_refunds,
    read_payment,
    read_refund,
)
from functions.payment.refund import refund
from functions.payment.remove_method import remove_method
from functions.payment.save_method import save_method
from functions.payment.schemas import (
    MethodBody,
    MethodList,
    Pay,
    PaymentBody,
    PaymentList,
    PaymentStatus,
    Refund,
    RefundBody,
    RefundList,
    RefundStatus,
    SaveMethod,
)
from paycore.http import Router, current_caller, needs, reply, request_origin, required_key
from paycore.http.problem import REPLAYED
from paycore.idempotency import Answer
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["payments"])

FilterQuery = Annotated[str | None, Query(min_length=1, max_length=64)]


@routes.post(
    "/v1/payment-methods", status_code=201, response_model=MethodBody, openapi_extra=needs("payment_methods:write")
)
async def post_method(body: SaveMethod, caller: current_caller, origin: request_origin) -> Response:
    """Saves a card as a token; its number and security code are not kept."""
    return reply(201, save_method(caller, body.card, origin))


@routes.get("/v1/payment-methods", response_model=MethodList, openapi_extra=needs("payment_methods:read"))
async def get_methods(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's saved cards, newest first."""
    return reply(200, list_methods(caller, limit, cursor))


@routes.delete("/v1/payment-methods/{method_id}", status_code=204, openapi_extra=needs("payment_methods:write"))
async def delete_method(method_id: str, caller: current_caller, origin: request_origin) -> Response:
    """Removes a saved card."""
    remove_method(caller, method_id, origin)
    return Response(status_code=204)


@routes.post(
    "/v1/payments",
    status_code=201,
    response_model=PaymentBody,
    responses={202: {"model": PaymentBody, "description": "The outcome is not known yet"}},
    openapi_extra=needs("payments:create", key="required"),
)
async def post_payment(body: Pay, caller: current_caller, key: required_key) -> Response:
    """Charges a saved card and credits a wallet."""
    return _answered(pay(caller, body, key))


@routes.get("/v1/payments", response_model=PaymentList, openapi_extra=needs("payments:read"))
async def get_payments(
    caller: current_caller,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
    wallet_id: FilterQuery = None,
    status: PaymentStatus | None = None,
) -> Response:
    """Lists the caller's payments, newest first."""
    return reply(200, list_payments(caller, wallet_id, status, limit, cursor))


@routes.get("/v1/payments/{payment_id}", response_model=PaymentBody, openapi_extra=needs("payments:read"))
async def get_payment(payment_id: str, caller: current_caller) -> Response:
    """Shows a payment to the owner of the wallet and to admins."""
    return reply(200, read_payment(caller, payment_id))


@routes.post(
    "/v1/payments/{payment_id}/refunds",
    status_code=201,
    response_model=RefundBody,
    responses={202: {"model": RefundBody, "description": "The outcome is not known yet"}},
    openapi_extra=needs("refunds:create", key="required"),
)
async def post_refund(payment_id: str, body: Refund, caller: current_caller, key: required_key) -> Response:
    """Gives a part of a payment, or all that remains, back to the card."""
    return _answered(refund(caller, payment_id, body, key))


@routes.get("/v1/refunds", response_model=RefundList, openapi_extra=needs("refunds:read"))
async def get_refunds(
    caller: current_caller,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
    payment_id: FilterQuery = None,
    status: RefundStatus | None = None,
) -> Response:
    """Lists the refunds of the caller's payments, newest first."""
    return reply(200, list_refunds(caller, payment_id, status, limit, cursor))


@routes.get("/v1/refunds/{refund_id}", response_model=RefundBody, openapi_extra=needs("refunds:read"))
async def get_refund(refund_id: str, caller: current_caller) -> Response:
    """Shows a refund to the owner of the wallet and to admins."""
    return reply(200, read_refund(caller, refund_id))


def _answered(answer: Answer) -> Response:
    return reply(answer.status, answer.body, REPLAYED if answer.replayed else None)
