"""Answers: a JSON body, or a refusal as problem+json (RFC 9457). Rendered here and nowhere else."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from paycore.errors import PaymentError

PROBLEM = "application/problem+json"
REPLAYED = {"Idempotency-Replayed": "true"}


def reply(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer. The rendering is deterministic, so that the same facts give the same bytes again."""
    return Response(_dump(body), status, headers, "application/json")


def problem(refusal: PaymentError, request_id: str) -> Response:
    """A refusal as the client sees it; its retry time also stands in Retry-After.

    A replayed refusal is byte-equal to the first, so it names the first request; the header Request-Id names this one.
    """
    body = {
        "type": f"urn:paycore:error:{refusal.code}",
        "title": title(refusal.code),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        "request_id": refusal.first_request_id or request_id,
        "retryable": refusal.retryable,
        **refusal.facts(),
    }
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else {}
    if refusal.challenge:
        headers["WWW-Authenticate"] = refusal.challenge
    if refusal.first_request_id:
        headers |= REPLAYED
    return Response(_dump(body), refusal.status, headers, PROBLEM)


def title(code: str) -> str:
    """insufficient_funds: Insufficient funds."""
    return code.replace("_", " ").capitalize()


class InternalError(PaymentError):
    """A bug of ours: says nothing but the request id, under which the log tells the rest."""

    code, status = "internal_error", 500
    detail = "Something went wrong on our side. Quote the request_id when you ask."
    retryable = True


def _dump(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
