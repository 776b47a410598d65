"""One answer for one Idempotency-Key, on routes whose effect is not a single call of the ledger.

Work in one commit uses `answer_once`. Work around a foreign call is two commits with the call between them:
the first claims the key and makes the `subject` (the recovery point), the second keeps the answer. Who dies in
between leaves a lease that runs out; the next request with the key then goes on from the subject.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.database import transaction
from paycore.errors import IdempotencyInProgress, IdempotencyKeyReused, PaymentError, all_errors
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
    values = _name(key) | {"fingerprint": key.fingerprint, "request_id": key.request_id, "lease_s": lease_s}
    if connection.execute(_CLAIM, values | {"subject": subject}).rowcount:
        return Claim(key.known_by(key.fingerprint), subject, is_new=True)
    known = connection.execute(_LOCK, _name(key)).one()
    if known.fingerprint not in (key.fingerprint, *key.other_fingerprints):
        raise IdempotencyKeyReused
    known_key = key.known_by(known.fingerprint)
    if known.status is not None:
        return Claim(known_key, known.subject, is_new=False, reply=_read(known))
    if known.leased:
        raise IdempotencyInProgress
    connection.execute(_TAKE_OVER, values)
    return Claim(known_key, known.subject, is_new=False)


def keep(connection: Connection, key: RequestKey, reply: Reply) -> Reply:
    """Keeps `reply` as the answer of `key`; returns the one that counts: another may have been faster."""
    status, body = (
        (reply.status, reply.body)
        if isinstance(reply, Answer)
        else (reply.status, {"code": reply.code, "facts": reply.facts()})
    )
    values = _name(key) | {"status": status, "body": json.dumps(body)}
    if connection.execute(_KEEP, values | {"request_id": key.request_id}).rowcount:
        return reply
    return _read(connection.execute(_LOCK, _name(key)).one())


def give(reply: Reply) -> Answer:
    """The answer; raises the refusal. Only after the commit that keeps it."""
    if isinstance(reply, PaymentError):
        raise reply
    return reply


_CLAIM = text(
    "INSERT INTO ledger.stored_answer "
    "       (principal, route, key, fingerprint, request_id, subject, leased_until) "
    "VALUES (:principal, :route, :key, :fingerprint, :request_id, nullif(:subject, ''), "
    "        clock_timestamp() + make_interval(secs => :lease_s)) ON CONFLICT DO NOTHING"
)
_LOCK = text(
    "SELECT fingerprint, request_id, coalesce(subject, '') AS subject, status, body, "
    "       leased_until > clock_timestamp() AS leased "
    "  FROM ledger.stored_answer WHERE (principal, route, key) = (:principal, :route, :key) FOR NO KEY UPDATE"
)
_TAKE_OVER = text(
    "UPDATE ledger.stored_answer "
    "   SET request_id = :request_id, leased_until = clock_timestamp() + make_interval(secs => :lease_s) "
    " WHERE (principal, route, key) = (:principal, :route, :key)"
)
_KEEP = text(
    "UPDATE ledger.stored_answer SET status = :status, body = :body, request_id = :request_id "
    " WHERE (principal, route, key) = (:principal, :route, :key) AND status IS NULL"
)


def _name(key: RequestKey) -> dict[str, str]:
    return {"principal": key.principal, "route": key.route, "key": key.key}


def _read(known: Row[Any]) -> Reply:
    body = json.loads(known.body)
    if known.status < 400:
        return Answer(known.status, body, replayed=True)
    refusal = all_errors()[body["code"]](**body["facts"])
    refusal.first_request_id = known.request_id
    return refusal
