"""Outcomes of use cases as answers: what was kept under a key, and what the ledger did or would do."""

from starlette.responses import Response

from paycore.caller import Caller
from paycore.http.problem import REPLAYED, reply
from paycore.idempotency import Answer
from paycore.ledger.outcome import Outcome
from paycore.ledger.render import transaction_body


def kept(answer: Answer) -> Response:
    """An answer that was kept under its key, new or replayed."""
    return reply(answer.status, answer.body, REPLAYED if answer.replayed else None)


def moved(outcome: Outcome, caller: Caller, *, dry_run: bool = False) -> Response:
    """The new transaction, or in a dry run what it would be; raises the refusal.

    It is drawn for the rights that the caller has now: an admin's replay with other rights shows other legs.
    """
    body = transaction_body(outcome.completed(), caller.user_id, sees_all=caller.may("transactions:read_any"))
    if dry_run:
        return reply(200, {**body, "dry_run": True})
    return reply(201, body, REPLAYED if outcome.replayed else None)
