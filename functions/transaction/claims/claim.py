"""Gives people the money that waits for their address, once it is proven and they have a wallet for it."""

from functions.transaction import store as transfers
from functions.transaction.claims import store
from paycore import ids
from paycore.database import one_statement, transaction
from paycore.errors import PaymentError
from paycore.events.event import Event
from paycore.events.user import UserUpdated, UserVerified
from paycore.events.wallet import WalletChanged, WalletCreated
from paycore.ledger.commands import Wallet
from paycore.ledger.continuations import Capture
from paycore.ledger.post import forget, post
from paycore.observability import logger
from paycore.request_key import RequestKey

# Each takes some 30 ms, and the partition waits for it; the job gives what is left.
HOLDS_PER_EVENT = 100


def claim(event: Event) -> None:
    """Claims what an event may have made possible: a proven address, a wallet, one that is open or named no more.

    Idempotent: a hold is captured once, and a second delivery asks under the same keys.
    """
    if isinstance(event.data, UserVerified | UserUpdated):
        _claim_for(event.data.user_id, event.id)
    elif isinstance(event.data, WalletCreated | WalletChanged):
        _claim_for(event.data.owner_id, event.id)


def _claim_for(user_id: str, occasion: str) -> None:
    """What waits for this person, the oldest first; what is more than an event has time for, the job gives next."""
    waiting = one_statement(lambda connection: store.waiting_for(connection, user_id, HOLDS_PER_EVENT))
    for held in waiting:
        give(held, occasion)
    if len(waiting) == HOLDS_PER_EVENT:
        with transaction() as connection:
            store.look_soon(connection, user_id)


def give(held: store.Waiting, occasion: str) -> bool:
    """Whether it has a recipient now; raises Busy. A refusal (a frozen wallet) keeps nothing: it can be asked again."""
    hold_id = held.transaction_id
    try:
        with transaction() as connection:
            wallet = transfers.recipient_wallet(connection, [held.address_hmac], held.currency)
            if wallet is None:
                return False
            outcome = post(connection, _command(hold_id, wallet.wallet_id, wallet.owner_id, occasion))
            outcome.succeed()
            store.claimed(connection, hold_id)
    except PaymentError as refusal:
        if refusal.retryable:
            raise
        logger.info("money for an address is refused", extra={"transaction_id": hold_id, "refusal": refusal.code})
        return False
    forget(outcome)
    logger.info("money for an address", extra={"transaction_id": hold_id})
    return True


def _command(hold_id: str, wallet_id: str, owner_id: str, occasion: str) -> Capture:
    """Its key is no client's. `occasion`: what made it possible."""
    return Capture(
        transaction_id=ids.new("tx"),
        actor_id=owner_id,
        key=RequestKey("claim", "claim", hold_id, hold_id, occasion),
        original_id=hold_id,
        allowed=None,
        target=Wallet(wallet_id, owned_by=owner_id),
    )
