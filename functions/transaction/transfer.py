"""Transfers money from one's own wallet to somebody, or splits it among several."""

from functions.transaction import store
from functions.transaction.path_ids import wallet_id_of
from functions.transaction.schemas import TransferRequest
from functions.transaction.spending import asked_by, limit_role
from functions.transaction.split import split_amount
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import RecipientNotFound, WalletNotFound
from paycore.ledger.commands import Move, Share, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import post_now
from paycore.money import Money
from paycore.request_key import RequestKey

# No wallet has this id. The ledger is asked all the same: a key that it knows replays, whoever the recipient is now.
_NOBODY = "nobody"


def transfer(caller: Caller, wanted: TransferRequest, key: RequestKey, *, dry_run: bool = False) -> Outcome:
    """The movement's outcome; raises WalletNotFound or RecipientNotFound where nothing is kept."""
    command = transfer_command(caller, wanted, key, dry_run=dry_run)
    outcome = post_now(command)
    if isinstance(outcome.refusal, WalletNotFound) and command.target == Wallet(_NOBODY):
        raise RecipientNotFound
    return outcome


def transfer_command(caller: Caller, wanted: TransferRequest, key: RequestKey, *, dry_run: bool = False) -> Move:
    """The command behind a request body; raises WalletNotFound for malformed ids."""
    return Move(
        **asked_by(caller, key, dry_run=dry_run),
        kind="transfer",
        money=Money(wanted.amount, wanted.currency),
        source=Wallet(wallet_id_of(wanted.source_wallet_id), owned_by=caller.user_id),
        target=None if wanted.splits else _target(wanted),
        shares=_shares(wanted),
        description=wanted.description,
        external_id=wanted.external_id,
        metadata=wanted.metadata,
        expected_version=wanted.expected_version,
        limit_role=limit_role(caller),
    )


def _target(wanted: TransferRequest) -> Wallet:
    if wanted.target_wallet_id is not None:
        return Wallet(wallet_id_of(wanted.target_wallet_id))
    email = str(wanted.target_email)
    wallet_id = one_statement(lambda connection: store.recipient_wallet(connection, email, wanted.currency))
    return Wallet(wallet_id or _NOBODY)


def _shares(wanted: TransferRequest) -> tuple[Share, ...]:
    if not wanted.splits:
        return ()
    amounts = [split.amount for split in wanted.splits if split.amount is not None]
    weights = [split.weight for split in wanted.splits if split.weight is not None]
    return tuple(
        Share(Wallet(wallet_id_of(split.target_wallet_id)), amount)
        for split, amount in zip(wanted.splits, amounts or split_amount(wanted.amount, weights), strict=True)
    )
