"""Spreads hot wallets over stripes, and tells of it: their versions have changed, and so what caches show."""

from functions.transaction.tending import store
from paycore import ids
from paycore.database import transaction
from paycore.events.wallet import WalletChanged
from paycore.outbox import stage_event

# Five waits a second on one row: the wallet is hot. Striping is for ever, so a short burst is no reason.
WAITS_MAX = 300
STRIPES = 16
ACTOR = "tending"
REASON = "Many movements at once waited for this wallet."


def stripe_hot_wallets() -> list[str]:
    """Which they were; one commit. The relay tells the cache before it publishes."""
    request_id = str(ids.new_uuid())
    with transaction() as connection:
        striped = store.stripe_contended(connection, WAITS_MAX, STRIPES)
        for wallet in striped:
            changed = WalletChanged(
                wallet_id=wallet.id,
                owner_id=wallet.owner_id,
                actor_id=ACTOR,
                action="stripe",
                state=wallet.state,
                version=wallet.version,
                reason=REASON,
                stripes=STRIPES,
            )
            stage_event(connection, changed, subject=wallet.id, partition_key=wallet.id, request_id=request_id)
    return [wallet.id for wallet in striped]
