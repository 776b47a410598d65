"""The one call that moves money: a command goes down as JSON, facts come back; all rules live in `ledger.post`."""

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, text

from paycore import cache_entries
from paycore.database import commit_soon, one_statement
from paycore.errors import IdempotencyKeyReused
from paycore.ledger.commands import Convert, Hold, Move
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.outcome import Outcome, Transaction, read_outcome
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.retry import again_if_busy

AnyCommand = Move | Hold | Capture | Void | Reverse | Convert | Close | Bulk

_POST = text("SELECT ledger.post(CAST(:command AS jsonb)) AS answer")


def post(connection: Connection, command: AnyCommand) -> Outcome:
    """Asks the ledger within the caller's transaction.

    A refusal is part of the outcome, not an exception: it is committed, too. Call `completed()` after the commit. Who
    begins something new calls `refuse_if_overloaded` before the transaction; what ends something begun goes on.

    A key that is refused as another request's may be kept by another fingerprint of this one. Such a refusal leaves
    nothing behind, so the command is asked anew, as often as there are others.
    """
    commit_soon(connection)
    outcome = _ask(connection, command)
    for fingerprint in command.key.other_fingerprints:
        if not isinstance(outcome.refusal, IdempotencyKeyReused):
            break
        outcome = _ask(connection, replace(command, key=command.key.known_by(fingerprint)))
    return outcome


def post_now(command: AnyCommand) -> Outcome:
    """Asks the ledger in a transaction of its own and tells the cache.

    Raises Busy when the accounts stay locked, Overloaded when the system has more to do than it can.
    """
    refuse_if_overloaded()
    outcome = again_if_busy(lambda: one_statement(lambda connection: post(connection, command)))
    if not command.dry_run:
        forget(outcome)
    return outcome


def forget(outcome: Outcome) -> None:
    """After the commit: tells the cache what is old now, and the completed transaction that is new.

    A replay tells what is old, too: it may be our own second attempt, after a connection that broke between commit and
    answer. What it answers may be old itself.
    """
    made = [each.transaction for each in (outcome, *outcome.bulk) if each.transaction is not None]
    cache_entries.outdate(_versions(made), _newcomer(outcome))


def _ask(connection: Connection, command: AnyCommand) -> Outcome:
    return read_outcome(connection.execute(_POST, {"command": json.dumps(command.body())}).scalar_one())


def _versions(made: list[Transaction]) -> dict[str, int | None]:
    """The cache keys of what changed, with the version that now exists; None where only the instant can tell.

    A hold changes no balance, yet shows in both wallets; on a striped wallet a leg knows only its stripe.
    """
    versions: dict[str, int | None] = {}
    for moved in made:
        known = {leg.account_id: leg.version for leg in moved.legs}
        versions |= {cache_entries.wallet_key(wallet): known.get(wallet) for wallet in moved.wallet_ids()}
        if moved.original_id is not None:
            versions[cache_entries.transaction_key(moved.original_id)] = None
    return versions


def _newcomer(outcome: Outcome) -> cache_entries.Newcomer | None:
    """Not a hold: it may end without anybody who could tell its readers at once."""
    new = outcome.transaction
    if new is None or outcome.replayed or new.status != "completed":
        return None
    made_at = datetime.fromisoformat(new.created_at)
    return cache_entries.Newcomer(cache_entries.transaction_key(new.id), new.version, new.facts(), made_at)
