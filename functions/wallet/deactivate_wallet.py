"""Deactivates a wallet; what it still holds can go to another wallet of its owner in the same commit."""

from functions.wallet import store
from functions.wallet.render import wallet_body
from functions.wallet.schemas import DeactivateWallet
from paycore import cache_entries, ids
from paycore.caller import Caller
from paycore.database import Connection
from paycore.errors import IdempotencyKeyRequired
from paycore.events.wallet import WalletDeactivated
from paycore.idempotency import Answer, Reply, answer_once
from paycore.invariants import present
from paycore.ledger.commands import Wallet
from paycore.ledger.compound import Close
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.post import forget, post
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.origin import Origin
from paycore.outbox import stage_event
from paycore.request_key import RequestKey, fingerprint


def deactivate_wallet(
    caller: Caller, wallet_id: str, wanted: DeactivateWallet, origin: Origin, key: RequestKey | None
) -> Answer:
    """The closed wallet, once per key. A sweep moves money, so it needs one.

    Raises WalletNotFound (also for a foreign `sweep_to`), VersionConflict, WalletNotEmpty, WalletFrozen, WalletClosed,
    SameWallet, CurrencyMismatch, IdempotencyKeyRequired, or StepUpRequired where it sweeps more than goes without.
    """
    if wanted.sweep_to is not None and key is None:
        raise IdempotencyKeyRequired
    refuse_if_overloaded()
    moved: list[Outcome] = []

    def work(connection: Connection) -> Reply:
        moved.clear()  # of a try before this one, which was rolled back
        outcome = post(connection, _command(caller, wallet_id, wanted, origin.request_id))
        if outcome.refusal is not None:
            if not outcome.kept:
                raise outcome.refusal
            return outcome.refusal
        moved.append(outcome)
        store.mark_closed(connection, wallet_id, closed=True)
        row = present(store.find(connection, wallet_id), "a wallet that was just closed is there")
        stage_event(
            connection,
            WalletDeactivated(
                wallet_id=wallet_id, owner_id=row.owner_id, actor_id=caller.user_id, reason=wanted.reason
            ),
            subject=wallet_id,
            partition_key=wallet_id,
            request_id=origin.request_id,
            network=origin.network,
        )
        return Answer(200, wallet_body(row))

    answer = answer_once(key, work)
    cache_entries.outdate({cache_entries.wallet_key(wallet_id): answer.body["version"]})
    for outcome in moved:
        forget(outcome)
    return answer


def _command(caller: Caller, wallet_id: str, wanted: DeactivateWallet, request_id: str) -> Close:
    """The request's own key is `answer_once`'s; inside its commit the ledger's key is this attempt's."""
    transaction_id = ids.new("tx")
    attempt = RequestKey("wallet", "close", transaction_id, fingerprint("close", wallet_id, "", ""), request_id)
    return Close(
        transaction_id=transaction_id,
        actor_id=caller.user_id,
        key=attempt,
        wallet=Wallet(wallet_id_of(wallet_id), owned_by=None if caller.may("wallets:close_any") else caller.user_id),
        sweep_to=wallet_id_of(wanted.sweep_to) if wanted.sweep_to is not None else None,
        reason=wanted.reason,
        expected_version=wanted.expected_version,
        unconfirmed=not caller.stepped_up,
    )
