"""Holds money for the owner of an address that nobody is known to have: for 7 days it waits to be claimed."""

from functions.transaction.claims import store
from functions.transaction.schemas import TransferRequest
from paycore.caller import Caller
from paycore.database import Connection
from paycore.email_index import address_hmacs
from paycore.ledger.commands import Hold, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.post import post
from paycore.ledger.spending import asked_by, limited_as
from paycore.money import Money
from paycore.request_key import RequestKey


def hold_command(caller: Caller, wanted: TransferRequest, key: RequestKey, *, dry_run: bool = False) -> Hold:
    """The command behind a transfer to an unknown address; raises WalletNotFound for a malformed id."""
    return Hold(
        **asked_by(caller, key, dry_run=dry_run),
        money=Money(wanted.amount, wanted.currency),
        source=Wallet(wallet_id_of(wanted.source_wallet_id), owned_by=caller.user_id),
        target=None,
        external_id=wanted.external_id,
        **wanted.terms(),
        **limited_as(caller),
    )


def hold_for_address(connection: Connection, caller: Caller, wanted: TransferRequest, key: RequestKey) -> Outcome:
    """The pending transaction, with a note for whom. A replay notes nothing: the first request did."""
    outcome = post(connection, hold_command(caller, wanted, key))
    if outcome.transaction is not None and not outcome.replayed:
        note = {"transaction_id": outcome.transaction.id, "sender_id": caller.user_id, "currency": wanted.currency}
        store.note(connection, {**note, "address_hmac": address_hmacs(str(wanted.target_email))[0]})
    return outcome
