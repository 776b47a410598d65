"""Adds or deducts funds: a movement from or to the clearing account of the bank, by an admin, with a reason."""

from typing import Literal

from functions.wallet.schemas import ChangeFunds
from paycore import ids
from paycore.caller import Caller
from paycore.ledger.commands import Move, System, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.post import post_now
from paycore.money import Money
from paycore.request_key import RequestKey


def change_funds(
    caller: Caller,
    wallet_id: str,
    kind: Literal["funds_added", "funds_deducted"],
    wanted: ChangeFunds,
    key: RequestKey,
    *,
    dry_run: bool,
) -> Outcome:
    """The movement's outcome; raises WalletNotFound for what is no wallet id.

    Refused with StepUpRequired where it moves more than goes without a second factor that was just shown.
    """
    wallet = Wallet(wallet_id_of(wallet_id))
    bank = System("clearing_bank")
    source, target = (bank, wallet) if kind == "funds_added" else (wallet, bank)
    return post_now(
        Move(
            transaction_id=ids.new("tx"),
            kind=kind,
            money=Money(wanted.amount, wanted.currency),
            source=source,
            target=target,
            actor_id=caller.user_id,
            key=key,
            dry_run=dry_run,
            unconfirmed=not caller.stepped_up,
            external_id=wanted.external_id,
            reason=wanted.reason,
        )
    )
