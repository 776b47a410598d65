"""Looks at the balances that a movement touched, and announces each crossing of a rule's value once.

The balance is read after the rules are locked, never taken from the event: events of several payers come in any order,
and one that comes twice finds the crossing noted already. So a balance that was beyond the value and back before its
events came, seconds later, has not crossed it.
"""

from typing import Any

from functions.wallet.rules import store
from functions.wallet.rules.rule import Rule
from paycore.database import Connection, Row, one_statement, transaction
from paycore.events.event import Event
from paycore.events.wallet import WalletBalanceThresholdCrossed
from paycore.outbox import stage_event


def watch_balances(event: Event) -> None:
    """Looks at every wallet that the event names and that has rules."""
    wallet_ids = _wallets_in(event.data.data())
    if not wallet_ids:
        return
    for wallet_id in one_statement(lambda connection: store.watched(connection, wallet_ids)):
        look_at(wallet_id, event.request_id)


def look_at(wallet_id: str, request_id: str) -> None:
    """Compares the wallet's balance with its rules; what has changed and its event are one commit."""
    with transaction() as connection:
        rules = store.lock(connection, wallet_id)
        if not rules:
            return
        wallet = store.wallet(connection, wallet_id)
        for row in rules:
            balance = store.balance(wallet, row.kind)
            crossed = Rule(row.op, row.value_minor, row.crossed).crossed_at(balance)
            if crossed == row.crossed:
                continue
            store.mark(connection, row.id, crossed=crossed)
            if crossed:
                _announce(connection, wallet, row, balance, request_id)


def _announce(connection: Connection, wallet: Row[Any], rule: Row[Any], balance: int, request_id: str) -> None:
    stage_event(
        connection,
        WalletBalanceThresholdCrossed(
            wallet_id=wallet.id,
            owner_id=wallet.owner_id,
            rule_id=rule.id,
            kind=rule.kind,
            op=rule.op,
            value=rule.value_minor,
            balance=balance,
            currency=wallet.currency,
        ),
        subject=wallet.id,
        partition_key=wallet.id,
        request_id=request_id,
    )


def _wallets_in(data: dict[str, Any]) -> list[str]:
    """The wallets that an event names: its own, both sides, and those of its legs."""
    named = {data.get(name) for name in ("wallet_id", "source_wallet_id", "target_wallet_id")}
    legs = {leg["account_id"] for leg in data.get("legs", ()) if leg["owner_id"] is not None}
    return sorted(legs | {wallet_id for wallet_id in named if wallet_id is not None})
