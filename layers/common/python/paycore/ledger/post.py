"""The one call that moves money: a command goes down as JSON, facts come back; all rules live in `ledger.post`."""

import json
import random
import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, text

from paycore import cache
from paycore.database import one_statement
from paycore.errors import Busy, PaymentError, all_errors
from paycore.ledger.commands import Leg, Move, Outcome, System, Transaction, Wallet

_POST = text("SELECT ledger.post(CAST(:command AS jsonb)) AS answer")

# A deadlock or a serialization failure rolled everything back, so the same call is simply made again.
_RETRIES_MAX = 3
_RETRY_PAUSE_S = 0.02


def post(connection: Connection, command: Move) -> Outcome:
    """Asks the ledger within the caller's transaction.

    A refusal is part of the outcome, not an exception: it is committed, too. Call `completed()` after the commit.
    """
    answer = connection.execute(_POST, {"command": json.dumps(_command_body(command))}).scalar_one()
    return _outcome(answer)


def post_now(command: Move) -> Outcome:
    """Asks the ledger in a transaction of its own; raises Busy when the accounts stay locked."""
    for attempt in range(_RETRIES_MAX + 1):
        try:
            return one_statement(lambda connection: post(connection, command))
        except Busy:
            if attempt == _RETRIES_MAX:
                raise
            time.sleep(_RETRY_PAUSE_S * (1 + random.random()))  # noqa: S311  # jitter, no secret
    raise Busy


def forget(outcome: Outcome) -> None:
    """After the commit: tells the cache which versions of the wallets now exist.

    A replay does, too: it may be our own second attempt, after a connection that broke between commit and answer.
    """
    if outcome.transaction is None:
        return
    wallets = (leg for leg in outcome.transaction.legs if leg.owner_id is not None)
    cache.outdate({cache.wallet_key(leg.account_id): leg.version for leg in wallets}, cache.WALLET_LIFE_S)


def read_transaction(facts: dict[str, Any]) -> Transaction:
    """The transaction in the ledger's facts."""
    legs = tuple(Leg(**leg) for leg in facts["legs"])
    return Transaction(**{**facts, "legs": legs})


def _command_body(command: Move) -> dict[str, Any]:
    return {
        "transaction_id": command.transaction_id,
        "kind": command.kind,
        "amount": command.money.amount_minor,
        "currency": command.money.currency,
        "source": _side(command.source),
        "target": _side(command.target),
        "actor_id": command.actor_id,
        "key": asdict(command.key),
        "description": command.description,
        "external_id": command.external_id,
        "reason": command.reason,
        "metadata": command.metadata,
    }


def _side(side: Wallet | System) -> dict[str, str | None]:
    if isinstance(side, System):
        return {"system": side.kind}
    return {"wallet_id": side.wallet_id, "owned_by": side.owned_by}


def _outcome(answer: dict[str, Any]) -> Outcome:
    replayed: bool = answer["replayed"]
    if "refusal" in answer:
        return Outcome(None, _refusal(answer, replayed=replayed), replayed)
    return Outcome(read_transaction(answer["transaction"]), None, replayed)


def _refusal(answer: dict[str, Any], *, replayed: bool) -> PaymentError:
    facts = dict(answer["refusal"])
    refusal = all_errors()[facts.pop("code")](**facts)
    if replayed:
        refusal.first_request_id = answer["request_id"]
    return refusal
