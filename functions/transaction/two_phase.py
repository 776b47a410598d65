"""Two-phase money: reserve now, then capture, void, or let it expire; and the reversal of what has moved."""

from functions.transaction.schemas import CaptureRequest, HoldRequest, ReverseRequest
from paycore.caller import Caller
from paycore.ledger.commands import Hold, Wallet
from paycore.ledger.continuations import Allowed, Capture, Reverse, Void
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import transaction_id_of, wallet_id_of
from paycore.ledger.post import post_now
from paycore.ledger.spending import asked_by, limited_as
from paycore.money import Money
from paycore.request_key import RequestKey


def hold(caller: Caller, wanted: HoldRequest, key: RequestKey, *, dry_run: bool) -> Outcome:
    """Reserves money of the caller's for a wallet; raises WalletNotFound for malformed ids."""
    return post_now(
        Hold(
            **asked_by(caller, key, dry_run=dry_run),
            money=Money(wanted.amount, wanted.currency),
            source=Wallet(wallet_id_of(wanted.source_wallet_id), owned_by=caller.user_id),
            target=Wallet(wallet_id_of(wanted.target_wallet_id)),
            life_s=wanted.expires_in,
            external_id=wanted.external_id,
            **wanted.terms(),
            **limited_as(caller),
        )
    )


def capture(caller: Caller, transaction_id: str, wanted: CaptureRequest, key: RequestKey, *, dry_run: bool) -> Outcome:
    """Takes held money: the owner of either side may, and an admin."""
    return post_now(
        Capture(
            **asked_by(caller, key, dry_run=dry_run),
            original_id=transaction_id_of(transaction_id),
            allowed=None if caller.may("transactions:capture_any") else Allowed(caller.user_id, ("source", "target")),
            amount=wanted.amount,
            final=wanted.final,
        )
    )


def void(caller: Caller, transaction_id: str, key: RequestKey, *, dry_run: bool) -> Outcome:
    """Gives up what remains of a hold: who would have got it may, and an admin."""
    return post_now(
        Void(
            **asked_by(caller, key, dry_run=dry_run),
            original_id=transaction_id_of(transaction_id),
            allowed=None
            if caller.may("transactions:void_any")
            else Allowed(caller.user_id, ("target", "sender of nobody")),
        )
    )


def reverse(caller: Caller, transaction_id: str, wanted: ReverseRequest, key: RequestKey, *, dry_run: bool) -> Outcome:
    """Brings money back: who got it may, and an admin; a split or a conversion, an admin alone."""
    return post_now(
        Reverse(
            **asked_by(caller, key, dry_run=dry_run),
            original_id=transaction_id_of(transaction_id),
            allowed=None if caller.may("transactions:reverse_any") else Allowed(caller.user_id, ("target",)),
            amount=wanted.amount,
            reason=wanted.reason,
        )
    )
