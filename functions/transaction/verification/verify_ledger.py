"""Verifies what is new in the ledger every five minutes, and all of it at night: each by a function of its own, so that
a long night keeps nobody from looking at what is new. Freezes the debits of broken wallets.

One snapshot may be wrong about nothing, yet a wallet is frozen only where a second, later one agrees: a fault of the
verification itself, or of one server, stops nobody's money.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.transaction.verification import store
from paycore import cache_entries, ids
from paycore.database import SNAPSHOT, SNAPSHOT_READ_ONLY, Connection, transaction
from paycore.errors import PaymentError
from paycore.events.ledger import LedgerBroken
from paycore.events.wallet import WalletChanged
from paycore.ledger.verify import VIOLATIONS_MAX, Findings, Violation, sections, verify_recent, verify_whole
from paycore.metric_names import LEDGER_VIOLATIONS
from paycore.observability import logger
from paycore.outbox import stage_event

ACTOR = "verification"
REASON = "The books of this wallet are being checked."
# An id is made before its transaction is committed: by how much at most, a retry of the client's included.
_ID_AGE_MAX = timedelta(minutes=10)

metrics = Metrics()


@dataclass(frozen=True, slots=True)
class Look:
    """What the first snapshot showed, and when it was taken."""

    whole: bool
    started_at: datetime
    findings: Findings


def verify_ledger(request_id: str, *, whole: bool = False) -> dict[str, Any]:
    """One verification, of what is new or of everything; answers with its id and status, or with nothing where another
    one of its kind is at work, or tonight's is done.
    """
    look = _look_at_all() if whole else _look_at_new()
    if look is None:
        return {}
    confirmed = _second_look(look.findings)
    verification_id = ids.new("vfy")
    frozen = [each for each in _broken_wallets(confirmed) if _freeze(each, request_id)]
    with transaction() as connection:
        if _is_news(connection, confirmed, frozen):
            _announce(connection, verification_id, confirmed, frozen, request_id)
        store.add(connection, _result(verification_id, look, confirmed))
    for violation in confirmed[:VIOLATIONS_MAX]:
        logger.error("the ledger is broken", extra=violation.body())
    metrics.add_metric(LEDGER_VIOLATIONS, MetricUnit.Count, len(confirmed))
    metrics.flush_metrics()
    return {"verification_id": verification_id, "violations": len(confirmed), "frozen": frozen}


def _look_at_new() -> Look | None:
    """Verifies what is new and moves the checkpoints, in one snapshot. None: another one is at work."""
    with transaction(SNAPSHOT) as connection:
        if not store.take_turn(connection, store.LOCK_NEW):
            return None
        last = store.last(connection)
        opened = sections(connection, whole=False)
        findings = verify_recent(connection, opened, last.started_at and last.started_at - _ID_AGE_MAX)
        for section in opened:
            store.keep_checkpoints(connection, section, _accounts(findings))
        return Look(False, last.now, findings)


def _look_at_all() -> Look | None:
    """Verifies everything in one snapshot. None: another one is at work, or tonight's is done.

    What is broken loses its checkpoints, so that it counts as new until it is repaired.
    """
    with transaction(SNAPSHOT_READ_ONLY) as connection:
        if not store.take_turn(connection, store.LOCK_WHOLE):
            return None
        last = store.last(connection)
        if last.whole_is_fresh:
            return None
        look = Look(True, last.now, verify_whole(connection))
    with transaction() as connection:
        store.forget_checkpoints(connection, _accounts(look.findings))
    return look


def _accounts(findings: Findings) -> list[str]:
    return sorted({each.account_id for each in findings.violations if each.account_id is not None})


def _second_look(findings: Findings) -> list[Violation]:
    """What a later snapshot shows, too: only the parts where something was found are looked at again."""
    if not findings.broken:
        return []
    again = Findings()
    with transaction(SNAPSHOT_READ_ONLY) as connection:
        for part in findings.broken:
            again.look(connection, part)
    known = {_name(each) for each in findings.violations}
    return [each for each in again.violations if _name(each) in known]


def _name(violation: Violation) -> tuple[object, ...]:
    return (violation.invariant, violation.account_id, violation.stripe, violation.transaction_id)


def _broken_wallets(confirmed: list[Violation]) -> list[str]:
    accounts = sorted({each.account_id for each in confirmed if each.account_id is not None})
    if not accounts:
        return []
    with transaction() as connection:
        return store.debitable(connection, accounts)


def _freeze(wallet_id: str, request_id: str) -> bool:
    """Whether it is frozen now. One that cannot be (it is busy) keeps no other one open and no result from being known:
    the next one looks at a balance again, the night at a transaction that is older than its window.
    """
    try:
        return _freeze_now(wallet_id, request_id)
    except PaymentError as refusal:
        logger.error("a broken wallet is not frozen yet", extra={"wallet_id": wallet_id, "refusal": refusal.code})
        return False


def _freeze_now(wallet_id: str, request_id: str) -> bool:
    with transaction() as connection:
        row = store.freeze(connection, wallet_id)
        if row is None:  # closed meanwhile
            return False
        changed = WalletChanged(
            wallet_id=wallet_id,
            owner_id=row.owner_id,
            actor_id=ACTOR,
            action="freeze",
            state=row.state,
            version=row.version,
            reason=REASON,
        )
        stage_event(connection, changed, subject=wallet_id, partition_key=wallet_id, request_id=request_id)
    cache_entries.outdate({cache_entries.wallet_key(wallet_id): row.version})
    return True


def _is_news(connection: Connection, confirmed: list[Violation], frozen: list[str]) -> bool:
    """Whether the event says anything that the last one did not."""
    if not confirmed:
        return False
    known = store.current(connection)
    told = {_name(Violation(**each)) for each in known.violations} if known is not None else set()
    return bool(frozen) or any(_name(each) not in told for each in confirmed[:VIOLATIONS_MAX])


def _announce(
    connection: Connection, verification_id: str, confirmed: list[Violation], frozen: list[str], request_id: str
) -> None:
    broken = LedgerBroken(
        verification_id=verification_id,
        actor_id=ACTOR,
        invariants=sorted({each.invariant for each in confirmed}),
        violations=len(confirmed),
        wallet_ids=frozen[:VIOLATIONS_MAX],
    )
    stage_event(connection, broken, subject=verification_id, partition_key=verification_id, request_id=request_id)


def _result(verification_id: str, look: Look, confirmed: list[Violation]) -> dict[str, Any]:
    return {
        "id": verification_id,
        "whole": look.whole,
        "status": "fail" if confirmed else "pass",
        "started_at": look.started_at,
        "entries": look.findings.entries,
        "wallets": look.findings.wallets,
        "violations": [each.body() for each in confirmed[:VIOLATIONS_MAX]],
    }
