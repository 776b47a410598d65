"""Deactivates an empty wallet, for good."""

from typing import Any

from functions.wallet import store
from functions.wallet.render import wallet_body
from functions.wallet.schemas import DeactivateWallet
from paycore import cache, ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import WalletNotFound, all_errors
from paycore.events.wallet import WalletDeactivated
from paycore.outbox import stage_event


def deactivate_wallet(caller: Caller, wallet_id: str, wanted: DeactivateWallet, request_id: str) -> dict[str, Any]:
    """The closed wallet; raises WalletNotFound, WalletNotEmpty, WalletFrozen or WalletClosed."""
    try:
        ids.check("wal", wallet_id)
    except ids.MalformedId as trouble:
        raise WalletNotFound from trouble
    with transaction() as connection:
        before = store.find(connection, wallet_id)
        if before is None or (before.owner_id != caller.user_id and not caller.is_admin):
            raise WalletNotFound
        refusal = store.close(connection, wallet_id)
        if refusal is not None:
            raise all_errors()[refusal.pop("code")](**refusal)
        stage_event(
            connection,
            WalletDeactivated(
                wallet_id=wallet_id, owner_id=before.owner_id, actor_id=caller.user_id, reason=wanted.reason
            ),
            subject=wallet_id,
            partition_key=wallet_id,
            request_id=request_id,
        )
        after = store.find(connection, wallet_id)
    body = wallet_body(after) if after is not None else {}
    cache.replace(cache.wallet_key(wallet_id), body["version"], body, cache.WALLET_LIFE_S)
    return body
