"""Adds, lists and deletes the rules that watch a wallet's balance."""

from typing import Any

from functions.wallet.read_wallet import find_allowed
from functions.wallet.rules import store
from functions.wallet.rules.rule import Rule
from functions.wallet.rules.schemas import AddBalanceRule
from functions.wallet.rules.watch_balances import look_at
from paycore import ids
from paycore.caller import Caller
from paycore.database import Connection, one_statement, transaction
from paycore.errors import BalanceRuleNotFound, WalletClosed
from paycore.idempotency import Answer, answer_once
from paycore.request_key import RequestKey


def add_rule(caller: Caller, wallet_id: str, wanted: AddBalanceRule, request_id: str, key: RequestKey | None) -> Answer:
    """The rule, once per key, or the same one that is there already. What stands beyond its value now is no crossing.

    Raises WalletNotFound, WalletClosed or TooManyBalanceRules.
    """
    find_allowed(caller, wallet_id, "wallets:write_any")

    def work(connection: Connection) -> Answer:
        wallet = store.wallet(connection, wallet_id)
        if wallet.state == "closed":
            raise WalletClosed(wallet_id=wallet_id)
        crossed = Rule(wanted.op, wanted.value).crossed_at(store.balance(wallet, wanted.kind))
        row = store.add(
            connection,
            ids.new("rule"),
            wallet_id,
            kind=wanted.kind,
            op=wanted.op,
            value=wanted.value,
            crossed=crossed,
        )
        return Answer(201, rule_body(row))

    answer = answer_once(key, work)
    # A movement may have been committed beside us, and its event read before the rule was there.
    look_at(wallet_id, request_id)
    return answer


def list_rules(caller: Caller, wallet_id: str) -> dict[str, Any]:
    """All rules of the wallet, newest first; raises WalletNotFound."""
    find_allowed(caller, wallet_id, "wallets:read_any")
    rows = one_statement(lambda connection: store.of_wallet(connection, wallet_id))
    return {"object": "list", "data": [rule_body(row) for row in rows], "has_more": False, "next_cursor": None}


def delete_rule(caller: Caller, wallet_id: str, rule_id: str) -> None:
    """Ends the rule; raises WalletNotFound or BalanceRuleNotFound."""
    find_allowed(caller, wallet_id, "wallets:write_any")
    with transaction() as connection:
        if not ids.is_id("rule", rule_id) or not store.delete(connection, wallet_id, rule_id):
            raise BalanceRuleNotFound


def rule_body(row: store.RuleRow) -> dict[str, Any]:
    """The rule object."""
    return {
        "object": "balance_rule",
        "id": row.id,
        "wallet_id": row.wallet_id,
        "kind": row.kind,
        "op": row.op,
        "value": row.value_minor,
        "crossed": row.crossed,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
