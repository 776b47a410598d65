"""Gives people the money that waits for their address, once it is proven and they have a wallet for it."""

from functions.transaction import store as transfers
from functions.transaction.claims import store
from paycore import ids
from paycore.database import one_statement, transaction
from paycore.events.event import Event
from paycore.events.user import UserUpdated, UserVerified
from paycore.events.wallet import WalletChanged, WalletCreated
from paycore.ledger.commands import Wallet
from paycore.ledger.continuations import Capture
from paycore.ledger.post import forget, post
from paycore.observability import logger
from paycore.request_key import RequestKey


def claim(event: Event) -> None:
    """Claims what an event may have made possible: a proven address, a wallet, one that is open or named no more.

    Idempotent: a hold is captured once, and a second delivery asks under the same keys.
    """
    if isinstance(event.data, UserVerified | UserUpdated):
        claim_for(event.data.user_id, event.id)
    elif isinstance(event.data, WalletCreated | WalletChanged):
        claim_for(event.data.owner_id, event.id)


def claim_for(user_id: str, occasion: str) -> None:
    """All that waits for this person. `occasion` is what made it possible: another one tries again."""
    for held in one_statement(lambda connection: store.waiting_for(connection, user_id)):
        _claim(held, user_id, occasion)


def _claim(held: store.Waiting, user_id: str, occasion: str) -> None:
    hold_id = held.transaction_id
    with transaction() as connection:
        wallet = transfers.recipient_wallet(connection, [held.address_hmac], held.currency)
        if wallet is None:
            return
        outcome = post(connection, _command(hold_id, wallet.wallet_id, user_id, occasion))
        if outcome.transaction is not None:
            store.claimed(connection, hold_id)
    forget(outcome)
    code = outcome.refusal.code if outcome.refusal is not None else None
    logger.info("money for an address", extra={"transaction_id": hold_id, "refusal": code})


def _command(hold_id: str, wallet_id: str, user_id: str, occasion: str) -> Capture:
    """Its key is no client's; a refusal (a frozen wallet) is kept for this occasion only."""
    name = f"{hold_id}.{occasion}"
    return Capture(
        transaction_id=ids.new("tx"),
        actor_id=user_id,
        key=RequestKey("claim", "claim", name, name, occasion),
        original_id=hold_id,
        allowed=None,
        target=Wallet(wallet_id, owned_by=user_id),
    )
