"""Transfers money from one's own wallet to somebody."""

from functions.transaction import store
from functions.transaction.schemas import TransferRequest
from paycore import ids
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import RecipientNotFound, WalletNotFound
from paycore.ledger.commands import Move, Outcome, Wallet
from paycore.ledger.post import forget, post_now
from paycore.money import Money
from paycore.request_key import RequestKey


def transfer(caller: Caller, wanted: TransferRequest, key: RequestKey) -> Outcome:
    """The movement's outcome; raises WalletNotFound or RecipientNotFound where nothing is kept."""
    outcome = post_now(
        Move(
            transaction_id=ids.new("tx"),
            kind="transfer",
            money=Money(wanted.amount, wanted.currency),
            source=Wallet(_wallet_id(wanted.source_wallet_id), owned_by=caller.user_id),
            target=Wallet(_target(wanted)),
            actor_id=caller.user_id,
            key=key,
            description=wanted.description,
            external_id=wanted.external_id,
            metadata=wanted.metadata,
        )
    )
    forget(outcome)
    return outcome


def _target(wanted: TransferRequest) -> str:
    if wanted.target_wallet_id is not None:
        return _wallet_id(wanted.target_wallet_id)
    email = str(wanted.target_email)
    wallet_id = one_statement(lambda connection: store.recipient_wallet(connection, email, wanted.currency))
    if wallet_id is None:
        raise RecipientNotFound
    return wallet_id


def _wallet_id(text: str) -> str:
    try:
        return ids.check("wal", text)
    except ids.MalformedId as trouble:
        raise WalletNotFound from trouble
