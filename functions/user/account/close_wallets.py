"""Closes all wallets of somebody, after their money went to wallets of others by ordinary transfers."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from functions.user.stage import stage
from functions.user.store import Connection, Record, closing
from paycore import ids
from paycore.caller import Caller
from paycore.errors import (
    AccountNotEmpty,
    BalanceOutOfRange,
    InvalidParameter,
    WalletNotEmpty,
    WalletNotFound,
)
from paycore.events.wallet import WalletDeactivated
from paycore.ledger.commands import Move, Wallet
from paycore.ledger.compound import Close
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import AnyCommand, post
from paycore.ledger.spending import asked_by, limited_as
from paycore.ledger.step_up import require_step_up
from paycore.money import AMOUNT_MINOR_MAX, Money
from paycore.origin import Origin
from paycore.request_key import RequestKey, fingerprint

TOLD_MAX = 20  # wallets that a refusal names
_REASON = "account closed"


@dataclass(slots=True)
class Wallets:
    """What was closed, and the transfers that emptied it."""

    ids: list[str] = field(default_factory=list)
    moved: list[Outcome] = field(default_factory=list)


def heirs_of(sweep_to: str | None) -> list[str]:
    """The wallet ids in the query; raises InvalidParameter for anything else there, and for one named twice."""
    named = sweep_to.split(",") if sweep_to is not None else []
    if len(set(named)) < len(named) or not all(ids.is_id("wal", each) for each in named):
        raise InvalidParameter(param="sweep_to")
    return named


def close_wallets(connection: Connection, caller: Caller, heirs: Sequence[str], origin: Origin) -> Wallets:
    """All are closed in the caller's transaction, which a refusal must undo.

    What goes to others needs the second factor by its sum, as a bulk does; each wallet moves what was summed, or the
    ledger refuses. The ledger's locks decide about money that comes in meanwhile: it is there before the closing, which
    is then refused, or it meets a closed wallet. No new wallet can be opened: the person is locked.
    """
    takers = _takers(connection, caller, heirs)
    wallets = closing.open_wallets(connection, caller.user_id)
    _refuse_if_any([each.wallet_id for each in wallets if each.is_bound or not _can_be_emptied(each, takers)])
    sweeps = {
        each.wallet_id: _sweep(caller, each, takers[each.currency], origin.request_id)
        for each in wallets
        if each.posted_minor > 0
    }
    require_step_up(connection, caller, [sweep.money for sweep in sweeps.values()])
    closed = Wallets()
    for wallet in wallets:
        if wallet.wallet_id in sweeps:
            closed.moved.append(_ask(connection, sweeps[wallet.wallet_id], wallet.wallet_id))
        _ask(connection, _closing(caller, wallet.wallet_id, origin.request_id), wallet.wallet_id)
        closed.ids.append(wallet.wallet_id)
        _announce(connection, caller, wallet.wallet_id, origin)
    closing.mark_wallets_closed(connection, closed.ids)
    return closed


def _takers(connection: Connection, caller: Caller, heirs: Sequence[str]) -> dict[str, str]:
    """The wallet that takes the money of each currency."""
    found = closing.heirs(connection, heirs, caller.user_id) if heirs else ()
    if len(found) < len(heirs):
        raise WalletNotFound
    takers = {each.currency: each.id for each in found}
    if len(takers) < len(found):
        raise InvalidParameter(param="sweep_to")
    return takers


def _can_be_emptied(wallet: Record, takers: dict[str, str]) -> bool:
    return wallet.posted_minor == 0 or (wallet.posted_minor > 0 and wallet.currency in takers)


def _refuse_if_any(wallet_ids: list[str]) -> None:
    if wallet_ids:
        raise AccountNotEmpty(wallet_ids=wallet_ids[:TOLD_MAX])


def _ask(connection: Connection, command: AnyCommand, wallet_id: str) -> Outcome:
    """Raises the ledger's refusal, which nobody keeps."""
    outcome = post(connection, command)
    if isinstance(outcome.refusal, WalletNotEmpty):
        _refuse_if_any([wallet_id])  # money came in meanwhile
    outcome.succeed()
    return outcome


def _sweep(caller: Caller, wallet: Record, taker: str, request_id: str) -> Move:
    """An ordinary transfer, with the caller's limits."""
    if wallet.posted_minor > AMOUNT_MINOR_MAX:
        raise BalanceOutOfRange
    return Move(
        **asked_by(caller, _key("sweep", wallet.wallet_id, request_id)),
        kind="transfer",
        money=Money(wallet.posted_minor, wallet.currency),
        source=Wallet(wallet.wallet_id, owned_by=caller.user_id),
        target=Wallet(taker),
        **limited_as(caller),
    )


def _closing(caller: Caller, wallet_id: str, request_id: str) -> Close:
    return Close(
        **asked_by(caller, _key("close", wallet_id, request_id)),
        wallet=Wallet(wallet_id, owned_by=caller.user_id),
        reason=_REASON,
    )


def _key(step: str, wallet_id: str, request_id: str) -> RequestKey:
    """No client can name it: a principal of theirs is a user id."""
    name = f"{step} {wallet_id} {request_id}"
    return RequestKey("account", "close account", name, fingerprint(step, wallet_id, "", ""), request_id)


def _announce(connection: Connection, caller: Caller, wallet_id: str, origin: Origin) -> None:
    event = WalletDeactivated(wallet_id=wallet_id, owner_id=caller.user_id, actor_id=caller.user_id, reason=_REASON)
    stage(connection, event, wallet_id, origin)
