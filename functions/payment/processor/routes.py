"""The processor's HTTP API: bearer secret, idempotency key, its own shape of errors, and faults on demand."""

import hmac
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request, Response

from functions.payment.processor.decide import (
    Decided,
    Entry,
    Refused,
    charge,
    find_charge,
    find_refund,
    make_token,
    refund,
)
from functions.payment.processor.schemas import (
    ChargeRequest,
    DecisionBody,
    RefundRequest,
    TokenBody,
    TokenRequest,
)
from paycore import aws, settings
from paycore.errors import InvalidToken
from paycore.http import Router, needs, reply
from paycore.settings import ProcessorSettings

# Past our client's 3 s, and well within the function's own time-out.
_SLOW_S = 4.0


def _authorised(request: Request) -> None:
    """Raises InvalidToken unless the bearer secret is ours; takes the same time either way."""
    secret = aws.secret(settings.read(ProcessorSettings).processor_secret)["password"]
    presented = request.headers.get("authorization", "")
    if not hmac.compare_digest(presented.encode(), f"Bearer {secret}".encode()):
        raise InvalidToken


routes = Router(tags=["processor"], prefix="/processor/v1", dependencies=[Depends(_authorised)])

Key = Annotated[str, Path(pattern=r"^[\x21-\x7e]{1,255}$")]
KeyHeader = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{1,255}$")]


@routes.post("/tokens", status_code=201, response_model=TokenBody, openapi_extra=needs("public"))
async def post_token(body: TokenRequest) -> Response:
    """Makes a token of a card."""
    token = make_token(body)
    return reply(201, {"token": token["id"], "brand": token["brand"], "last4": token["last4"]})


@routes.post("/charges", status_code=201, response_model=DecisionBody, openapi_extra=needs("public"))
async def post_charge(body: ChargeRequest, key: KeyHeader) -> Response:
    """Charges a card, at most once for a key."""
    return _served(partial(charge, key, body))


@routes.get("/charges/{key}", response_model=DecisionBody, openapi_extra=needs("public"))
async def get_charge(key: Key) -> Response:
    """Shows what became of a charge."""
    return _found(partial(find_charge, key))


@routes.post("/refunds", status_code=201, response_model=DecisionBody, openapi_extra=needs("public"))
async def post_refund(body: RefundRequest, key: KeyHeader) -> Response:
    """Gives money back to the card of a charge, at most once for a key."""
    return _served(partial(refund, key, body))


@routes.get("/refunds/{key}", response_model=DecisionBody, openapi_extra=needs("public"))
async def get_refund(key: Key) -> Response:
    """Shows what became of a refund."""
    return _found(partial(find_refund, key))


def _found(find: Callable[[], Entry]) -> Response:
    try:
        return reply(200, _body(find()))
    except Refused as refused:
        return _refusal(refused)


def _served(decide: Callable[[], Decided]) -> Response:
    """The answer as the card's fault makes it."""
    try:
        decided = decide()
    except Refused as refused:
        return _refusal(refused)
    if decided.fault in ("slow", "lost"):
        time.sleep(_SLOW_S)
    if decided.entry is None or decided.fault == "broken":
        return _refusal(Refused(500, "processor_error"))
    body = _body(decided.entry)
    if decided.fault == "wrong_amount":
        body["amount"] += 1
    return reply(201, body)


def _body(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in DecisionBody.model_fields}


def _refusal(refused: Refused) -> Response:
    return reply(refused.status, {"error": {"code": refused.code}})
