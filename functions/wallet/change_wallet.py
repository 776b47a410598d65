"""Changes what a wallet allows or is called: freeze, unfreeze, reopen, credit limit, stripes, name."""

from collections.abc import Callable
from typing import Any, Literal

from functions.wallet import store
from functions.wallet.render import wallet_body
from functions.wallet.schemas import RenameWallet
from paycore import cache_entries
from paycore.caller import Caller
from paycore.database import Connection
from paycore.errors import AccountClosed, all_errors
from paycore.events.wallet import WalletChanged
from paycore.idempotency import Answer, answer_once
from paycore.invariants import present
from paycore.ledger.path_ids import wallet_id_of
from paycore.origin import Origin
from paycore.outbox import stage_event
from paycore.request_key import RequestKey

Action = Literal["freeze", "unfreeze", "reopen", "limit", "stripe"]


def change_wallet(
    caller: Caller,
    wallet_id: str,
    action: Action,
    wanted: dict[str, Any],
    origin: Origin,
    key: RequestKey | None,
) -> Answer:
    """The changed wallet, once per key. `wanted` has the action's own fields and the reason.

    Raises WalletNotFound, WalletClosed, VersionConflict, InvalidState (to reopen what is not closed), AccountClosed (to
    reopen what has no owner any more) or InsufficientFunds (a credit limit below what is used of it).
    """

    def work(connection: Connection) -> Answer:
        command = {**wanted, "action": action, "wallet_id": wallet_id_of(wallet_id)}
        if action == "reopen":
            _hold_owner(connection, wallet_id)
        _ask(connection, command)
        if action == "reopen":
            store.mark_closed(connection, wallet_id, closed=False)
        return Answer(200, _announce(connection, wallet_id, caller.user_id, action, wanted, origin))

    return _answer(key, wallet_id, work)


def rename_wallet(caller: Caller, wallet_id: str, wanted: RenameWallet, origin: Origin) -> Answer:
    """The wallet under its new name; raises WalletNotFound, WalletClosed, VersionConflict or WalletExists."""

    def work(connection: Connection) -> Answer:
        touch = {"action": "touch", "wallet_id": wallet_id_of(wallet_id), "expected_version": wanted.expected_version}
        _ask(connection, touch | {"owned_by": None if caller.may("wallets:write_any") else caller.user_id})
        store.rename(connection, wallet_id, wanted.name)
        return Answer(200, _announce(connection, wallet_id, caller.user_id, "rename", {}, origin))

    return _answer(None, wallet_id, work)


def _hold_owner(connection: Connection, wallet_id: str) -> None:
    """Raises AccountClosed; before the wallet is locked, as a closing of the account does it."""
    row = store.find(connection, wallet_id)
    if row is not None and not store.hold_account(connection, row.owner_id):
        raise AccountClosed


def _ask(connection: Connection, wanted: dict[str, Any]) -> None:
    """Asks the ledger; raises its refusal, which undoes everything."""
    refusal = store.change(connection, wanted)
    if refusal is not None:
        raise all_errors()[refusal.pop("code")](**refusal)


def _announce(
    connection: Connection, wallet_id: str, actor_id: str, action: str, wanted: dict[str, Any], origin: Origin
) -> dict[str, Any]:
    """Stages the event of the change and answers with the wallet as it is now."""
    row = present(store.find(connection, wallet_id), "a wallet that was just changed is there")
    stage_event(
        connection,
        WalletChanged(
            wallet_id=wallet_id,
            owner_id=row.owner_id,
            actor_id=actor_id,
            action=action,
            state=row.state,
            version=row.version,
            reason=wanted.get("reason"),
            credit_limit=wanted.get("credit_limit"),
            stripes=row.stripes if action == "stripe" else None,  # never fewer than before, whatever was wanted
        ),
        subject=wallet_id,
        partition_key=wallet_id,
        request_id=origin.request_id,
        network=origin.network,
    )
    return wallet_body(row)


def _answer(key: RequestKey | None, wallet_id: str, work: Callable[[Connection], Answer]) -> Answer:
    answer = answer_once(key, work)
    cache_entries.outdate({cache_entries.wallet_key(wallet_id): answer.body["version"]})
    return answer
