"""Transfers money from one's own wallet to somebody, or splits it among several."""

from collections.abc import Iterable
from functools import partial

from functions.transaction import store
from functions.transaction.claims.hold_for_address import hold_command, hold_for_address
from functions.transaction.claims.look_up import Address, Found, look_up, look_up_again
from functions.transaction.keyed import keyed
from functions.transaction.schemas import TransferRequest
from functions.transaction.split import split_amount
from paycore.caller import Caller
from paycore.database import Connection, one_statement, transaction
from paycore.ledger.commands import Move, Share, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.path_ids import wallet_id_of
from paycore.ledger.post import forget, post, post_now
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.ledger.spending import asked_by, limited_as
from paycore.money import Money
from paycore.request_key import RequestKey
from paycore.retry import again_if_busy

# No wallet has this id.
_NOBODY = "nobody"


def transfer(caller: Caller, wanted: TransferRequest, key: RequestKey, *, dry_run: bool = False) -> Outcome:
    """The movement's outcome; a hold's where nobody is known to have the address.

    Raises WalletNotFound for malformed ids, and RateLimited for too many unknown addresses. The ledger is asked whoever
    the recipient is now: a key that it knows replays.
    """
    if wanted.target_email is None:
        return post_now(transfer_command(caller, wanted, key, Found(), dry_run=dry_run))
    refuse_if_overloaded()
    key = key if dry_run else keyed(key, [wanted])
    recipient = find_recipients(caller, [wanted], None if dry_run else key).wallet(_address(wanted))
    if recipient is not None:
        return post_now(_move(caller, wanted, key, recipient, dry_run=dry_run))
    if dry_run:
        return post_now(hold_command(caller, wanted, key, dry_run=True))
    outcome = again_if_busy(lambda: _hold(caller, wanted, key))
    forget(outcome)
    return outcome


def _hold(caller: Caller, wanted: TransferRequest, key: RequestKey) -> Outcome:
    with transaction() as connection:
        return hold_for_address(connection, caller, wanted, key)


def transfer_within(connection: Connection, caller: Caller, wanted: TransferRequest, key: RequestKey) -> Outcome:
    """As `transfer`, in a transaction of the caller's, who tells the cache after the commit."""
    if wanted.target_email is None:
        return post(connection, transfer_command(caller, wanted, key, Found()))
    recipient = look_up(connection, caller.user_id, [_address(wanted)]).wallet(_address(wanted))
    if recipient is not None:
        return post(connection, _move(caller, wanted, key, recipient))
    return hold_for_address(connection, caller, wanted, key)


def find_recipients(caller: Caller, wanted: Iterable[TransferRequest], key: RequestKey | None) -> Found:
    """Who has the addresses of these transfers; what was looked for in vain is counted.

    A request whose key the ledger knows has passed the look-up before: its repeat is not refused.
    """
    addresses = [_address(each) for each in wanted if each.target_email is not None]
    if not addresses:
        return Found()
    with transaction() as connection:
        found = look_up(connection, caller.user_id, addresses)
    if found.refusal is not None and key is not None and one_statement(partial(store.is_known, key=key)):
        return one_statement(partial(look_up_again, addresses=addresses))
    return found


def transfer_command(
    caller: Caller, wanted: TransferRequest, key: RequestKey, found: Found, *, dry_run: bool = False
) -> Move:
    """The command behind a request body of a bulk, or with a wallet as its target.

    Raises WalletNotFound, and RateLimited for an address. In a bulk one that nobody is known to have is refused: there
    nothing waits.
    """
    if wanted.splits:
        return _move(caller, wanted, key, None, dry_run=dry_run)
    if wanted.target_wallet_id is not None:
        return _move(caller, wanted, key, Wallet(wallet_id_of(wanted.target_wallet_id)), dry_run=dry_run)
    return _move(caller, wanted, key, found.wallet(_address(wanted)) or Wallet(_NOBODY), dry_run=dry_run)


def _move(
    caller: Caller, wanted: TransferRequest, key: RequestKey, target: Wallet | None, *, dry_run: bool = False
) -> Move:
    return Move(
        **asked_by(caller, key, dry_run=dry_run),
        kind="transfer",
        money=Money(wanted.amount, wanted.currency),
        source=Wallet(wallet_id_of(wanted.source_wallet_id), owned_by=caller.user_id),
        target=target,
        shares=_shares(wanted),
        external_id=wanted.external_id,
        **wanted.terms(),
        **limited_as(caller),
    )


def _address(wanted: TransferRequest) -> Address:
    return str(wanted.target_email), wanted.currency


def _shares(wanted: TransferRequest) -> tuple[Share, ...]:
    if not wanted.splits:
        return ()
    amounts = [split.amount for split in wanted.splits if split.amount is not None]
    weights = [split.weight for split in wanted.splits if split.weight is not None]
    return tuple(
        Share(Wallet(wallet_id_of(split.target_wallet_id)), amount)
        for split, amount in zip(wanted.splits, amounts or split_amount(wanted.amount, weights), strict=True)
    )
