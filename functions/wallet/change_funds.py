"""Adds or deducts funds: a movement from or to the clearing account of the bank, by an admin, with a reason."""

from typing import Literal

from functions.wallet.schemas import ChangeFunds
from paycore import ids
from paycore.caller import Caller
from paycore.errors import WalletNotFound
from paycore.ledger.commands import Move, Outcome, System, Wallet
from paycore.ledger.post import forget, post_now
from paycore.money import Money
from paycore.request_key import RequestKey


def change_funds(
    caller: Caller,
    wallet_id: str,
    kind: Literal["funds_added", "funds_deducted"],
    wanted: ChangeFunds,
    key: RequestKey,
) -> Outcome:
    """The movement's outcome; raises WalletNotFound for what is no wallet id."""
    try:
        wallet = Wallet(ids.check("wal", wallet_id))
    except ids.MalformedId as trouble:
        raise WalletNotFound from trouble
    bank = System("clearing_bank")
    source, target = (bank, wallet) if kind == "funds_added" else (wallet, bank)
    outcome = post_now(
        Move(
            transaction_id=ids.new("tx"),
            kind=kind,
            money=Money(wanted.amount, wanted.currency),
            source=source,
            target=target,
            actor_id=caller.user_id,
            key=key,
            external_id=wanted.external_id,
            reason=wanted.reason,
        )
    )
    forget(outcome)
    return outcome
