"""One answer for one Idempotency-Key, on routes whose effect is not a single call of the ledger.

Work in one commit uses `answer_once`. Work around a foreign call is two commits with the call between them:
the first claims the key and makes the `subject` (the recovery point), the second keeps the answer. Who dies in
between leaves a lease that runs out; the next request with the key then goes on from the subject.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from paycore.database import transaction
from paycore.errors import IdempotencyInProgress, IdempotencyKeyReused, PaymentError, all_errors
from paycore.invariants import present
from paycore.request_key import RequestKey
from paycore.retry import again_if_busy

# Correctness Q2: longer than any function that calls the world may run, so a living owner is never overtaken.
LEASE_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets, and whether an earlier request with this key made it."""

    status: int
    body: dict[str, Any]
    replayed: bool = False


# A refusal is an answer, too. A returned one is kept with all that was written, a raised one undoes all.
Reply = Answer | PaymentError


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in our hands: new, taken over from one who died after `subject` was made, or answered.

    `key` has the one fingerprint that it is kept by.
    """

    key: RequestKey
    subject: str
    is_new: bool
    reply: Reply | None = None


def answer_once(key: RequestKey | None, work: Callable[[Connection], Reply]) -> Answer:
    """The answer of `work`, done in one transaction at most once for `key`; raises the refusal it returned.

    A twin at the same moment waits for this commit and gets the same answer.
    """
    return give(again_if_busy(lambda: _commit_once(key, work)))


def _commit_once(key: RequestKey | None, work: Callable[[Connection], Reply]) -> Reply:
    with transaction() as connection:
        if key is None:
            return work(connection)
        return claim(connection, key).reply or keep(connection, key, work(connection))


def begin(key: RequestKey, subject: str, start: Callable[[Connection, str], PaymentError | None]) -> Claim:
    """The first of two commits: `start` makes the subject, or returns a refusal, which is kept and ends it.

    A claim without a reply means: go on from its subject, call the world, then `keep` the answer in the second commit.
    """
    with transaction() as connection:
        claimed = claim(connection, key, subject)
        if not claimed.is_new:
            return claimed
        refusal = start(connection, subject)
        return replace(claimed, reply=keep(connection, key, refusal) if refusal else None)


def claim(connection: Connection, key: RequestKey, subject: str = "", lease_s: int = LEASE_S) -> Claim:
    """Claims `key` for the caller's work; raises IdempotencyKeyReused or IdempotencyInProgress.

    Without a lease (0) a twin goes on beside the first: for work whose steps have keys of their own.
    """
    asked = json.dumps({**key.body(), "subject": subject or None})
    if connection.execute(_CLAIM, {"claim": asked, "lease_s": lease_s}).scalar_one():
        return Claim(key.known_by(key.fingerprint), subject, is_new=True)
    known = _locked(connection, asked)
    if known["fingerprint"] not in (key.fingerprint, *key.other_fingerprints):
        raise IdempotencyKeyReused
    known_key, begun = key.known_by(known["fingerprint"]), known["subject"] or ""
    if known["status"] is not None:
        return Claim(known_key, begun, is_new=False, reply=_read(known))
    if known["leased"]:
        raise IdempotencyInProgress
    connection.execute(_TAKE_OVER, {"claim": asked, "lease_s": lease_s})
    return Claim(known_key, begun, is_new=False)


def keep(connection: Connection, key: RequestKey, reply: Reply) -> Reply:
    """Keeps `reply` as the answer of `key`; returns the one that counts: another may have been faster."""
    status, body = (
        (reply.status, reply.body)
        if isinstance(reply, Answer)
        else (reply.status, {"code": reply.code, "facts": reply.facts()})
    )
    asked = json.dumps(key.body())
    if connection.execute(_KEEP, {"claim": asked, "status": status, "body": json.dumps(body)}).scalar_one():
        return reply
    return _read(_locked(connection, asked))


def give(reply: Reply) -> Answer:
    """The answer; raises the refusal. Only after the commit that keeps it."""
    if isinstance(reply, PaymentError):
        raise reply
    return reply


_CLAIM = text("SELECT ledger.claim_answer(CAST(:claim AS jsonb), :lease_s)")
_LOCK = text("SELECT ledger.lock_answer(CAST(:claim AS jsonb))")
_TAKE_OVER = text("SELECT ledger.take_over_answer(CAST(:claim AS jsonb), :lease_s)")
_KEEP = text("SELECT ledger.keep_answer(CAST(:claim AS jsonb), :status, :body)")


def _locked(connection: Connection, asked: str) -> dict[str, Any]:
    known: dict[str, Any] | None = connection.execute(_LOCK, {"claim": asked}).scalar_one()
    return present(known, "a key that was claimed is known")


def _read(known: dict[str, Any]) -> Reply:
    body = json.loads(known["body"])
    if known["status"] < 400:
        return Answer(known["status"], body, replayed=True)
    refusal = all_errors()[body["code"]](**body["facts"])
    refusal.first_request_id = known["request_id"]
    return refusal
