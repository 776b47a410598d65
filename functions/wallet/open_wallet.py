"""Opens a wallet: an account in the ledger, the wallet itself and its event, in one commit."""

from functions.wallet import store
from functions.wallet.render import wallet_body
from functions.wallet.schemas import OpenWallet
from paycore import ids
from paycore.caller import Caller
from paycore.database import Connection
from paycore.errors import SessionRevoked, WalletExists
from paycore.events.wallet import WalletCreated
from paycore.idempotency import Answer, answer_once
from paycore.invariants import present
from paycore.origin import Origin
from paycore.outbox import stage_event
from paycore.request_key import RequestKey


def open_wallet(caller: Caller, wanted: OpenWallet, origin: Origin, key: RequestKey | None) -> Answer:
    """The new wallet, once per key; raises WalletExists for a second one of the same owner, currency and name, and
    SessionRevoked where the account was closed meanwhile.
    """

    def work(connection: Connection) -> Answer:
        if not store.hold_account(connection, caller.user_id):
            raise SessionRevoked
        wallet_id = ids.new("wal")
        if not store.insert(connection, wallet_id, caller.user_id, wanted.currency, wanted.name, wanted.metadata):
            raise WalletExists  # rolls the account back
        stage_event(
            connection,
            WalletCreated(wallet_id=wallet_id, owner_id=caller.user_id, currency=wanted.currency),
            subject=wallet_id,
            partition_key=wallet_id,
            request_id=origin.request_id,
            network=origin.network,
        )
        row = present(store.find(connection, wallet_id), "a wallet that was just written is there")
        return Answer(201, wallet_body(row))

    return answer_once(key, work)
