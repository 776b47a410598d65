"""The route of statements: JSON, CSV or PDF, as the first media type of Accept says."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from functions.wallet.statement.forms import csv_form, json_form
from functions.wallet.statement.make_statement import ROWS_MAX, Statement, make_statement
from functions.wallet.statement.schemas import StatementBody
from paycore.caller import Caller
from paycore.directory import address_of
from paycore.errors import StatementTooLarge
from paycore.fields import Instant
from paycore.http import Router, current_caller, needs, reply

routes = Router(tags=["wallets"])

# A function's answer is at most 6 MB, and a PDF leaves it as base64, a third larger.
ANSWER_BYTES_MAX = 4_400_000
CSV, PDF = "text/csv", "application/pdf"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORMS: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}, PDF: _BINARY}}}

FromQuery = Annotated[Instant, Query(alias="from", description="RFC 3339")]
ToQuery = Annotated[Instant, Query(alias="to", description="RFC 3339, at least 5 s old")]


@routes.get(
    "/v1/wallets/{wallet_id}/statement",
    response_model=StatementBody,
    responses=_FORMS,
    openapi_extra=needs("wallets:read"),
)
async def get_statement(
    wallet_id: str, caller: current_caller, request: Request, from_at: FromQuery, to_at: ToQuery
) -> Response:
    """Shows what a wallet had, what came and went, and what it had then; at most 366 days and 10,000 movements."""
    statement = make_statement(caller, wallet_id, from_at, to_at)
    answer = _formed(statement, _wanted(request), caller)
    if len(answer.body) > ANSWER_BYTES_MAX:
        raise StatementTooLarge(rows_max=ROWS_MAX)
    answer.headers["Vary"] = "Accept"
    return answer


def _wanted(request: Request) -> str:
    """The first media type alone counts, as it does for API Gateway when it lets bytes through."""
    return request.headers.get("accept", "").split(",")[0].split(";")[0].strip().lower()


def _formed(statement: Statement, media_type: str, caller: Caller) -> Response:
    if media_type == CSV:
        return Response(csv_form(statement), 200, _as_file(statement, "csv"), "text/csv; charset=utf-8; header=present")
    if media_type == PDF:
        # Loaded when the first PDF is asked for: no other request waits for a drawing library.
        from functions.wallet.statement.pdf import pdf_form

        return Response(pdf_form(statement, _holder(statement, caller)), 200, _as_file(statement, "pdf"), PDF)
    return reply(200, json_form(statement))


def _holder(statement: Statement, caller: Caller) -> str:
    """The owner's name for who may read their own profile; to anybody else the id, since names are read on record."""
    is_own = statement.owner_id == caller.user_id and caller.may("profile:read")
    holder = address_of(statement.owner_id) if is_own else None
    return holder.full_name if holder else statement.owner_id


def _as_file(statement: Statement, ending: str) -> dict[str, str]:
    name = f"statement-{statement.wallet_id}-{statement.from_at:%Y%m%d}-{statement.to_at:%Y%m%d}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
