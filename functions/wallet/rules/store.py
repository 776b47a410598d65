"""The rules that watch balances."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.errors import TooManyBalanceRules

RULES_MAX = 20  # of one wallet: each is looked at after each of its movements

_RULES = (
    "SELECT id, wallet_id, kind, op, value_minor, crossed, ledger.rfc3339(created_at) AS created_at, "
    "ledger.rfc3339(updated_at) AS updated_at FROM wallet.balance_rule WHERE wallet_id = :wallet_id "
)
_OF_WALLET = text(_RULES + "ORDER BY id DESC")
_LOCKED = text(_RULES + "ORDER BY id FOR NO KEY UPDATE")
_ONE = text(_RULES + "AND id = :rule_id")
_SAME = text(_RULES + "AND kind = :kind AND op = :op AND value_minor = :value")
_WATCHED = text(
    "SELECT DISTINCT wallet_id FROM wallet.balance_rule WHERE wallet_id = ANY(:wallet_ids) ORDER BY wallet_id"
)
# Whoever adds a rule holds the wallet, so that two at once cannot pass the limit.
_LOCK_WALLET = text("SELECT 1 FROM wallet.wallet WHERE id = :wallet_id FOR NO KEY UPDATE")
_INSERT = text(
    "INSERT INTO wallet.balance_rule (id, wallet_id, kind, op, value_minor, crossed) "
    "VALUES (:rule_id, :wallet_id, :kind, :op, :value, :crossed)"
)
_MARK = text("UPDATE wallet.balance_rule SET crossed = :crossed, updated_at = clock_timestamp() WHERE id = :rule_id")
# As in functions.wallet.store, which the consumer cannot load: lists need the web framework.
_WALLET = text(
    "SELECT w.id, w.owner_id, w.currency, min(b.state) AS state, sum(b.posted_minor)::bigint AS posted, "
    "sum(b.posted_minor - b.held_minor - b.floor_minor)::bigint AS available "
    "FROM wallet.wallet w JOIN ledger.balance b ON b.account_id = w.id WHERE w.id = :wallet_id GROUP BY w.id"
)
_DELETE = text("DELETE FROM wallet.balance_rule WHERE id = :rule_id AND wallet_id = :wallet_id")

RuleRow = Row[Any]
WalletRow = Row[Any]


def wallet(connection: Connection, wallet_id: str) -> WalletRow:
    """The wallet and its two balances that a rule can watch, `posted` and `available`; it must be there."""
    return connection.execute(_WALLET, {"wallet_id": wallet_id}).one()


def balance(row: WalletRow, kind: str) -> int:
    """The balance that a rule of this kind watches."""
    return int(row.posted if kind == "posted" else row.available)


def of_wallet(connection: Connection, wallet_id: str) -> Sequence[RuleRow]:
    """The wallet's rules, newest first."""
    return connection.execute(_OF_WALLET, {"wallet_id": wallet_id}).all()


def lock(connection: Connection, wallet_id: str) -> Sequence[RuleRow]:
    """The wallet's rules, locked in the order of their ids: who reads its balance after this decides alone."""
    return connection.execute(_LOCKED, {"wallet_id": wallet_id}).all()


def watched(connection: Connection, wallet_ids: list[str]) -> list[str]:
    """Those of the wallets that have a rule."""
    return [row.wallet_id for row in connection.execute(_WATCHED, {"wallet_ids": wallet_ids})]


def add(
    connection: Connection, rule_id: str, wallet_id: str, *, kind: str, op: str, value: int, crossed: bool
) -> RuleRow:
    """The new rule, or the one that is there already and says the same; raises TooManyBalanceRules."""
    connection.execute(_LOCK_WALLET, {"wallet_id": wallet_id})
    wanted = {"wallet_id": wallet_id, "kind": kind, "op": op, "value": value}
    same = connection.execute(_SAME, wanted).one_or_none()
    if same is not None:
        return same
    if len(of_wallet(connection, wallet_id)) >= RULES_MAX:
        raise TooManyBalanceRules(rules_max=RULES_MAX)
    connection.execute(_INSERT, {**wanted, "rule_id": rule_id, "crossed": crossed})
    return connection.execute(_ONE, {"wallet_id": wallet_id, "rule_id": rule_id}).one()


def mark(connection: Connection, rule_id: str, *, crossed: bool) -> None:
    """Keeps on which side of its value the balance is now."""
    connection.execute(_MARK, {"rule_id": rule_id, "crossed": crossed})


def delete(connection: Connection, wallet_id: str, rule_id: str) -> bool:
    """Whether the wallet had this rule; it has it no more."""
    return connection.execute(_DELETE, {"wallet_id": wallet_id, "rule_id": rule_id}).rowcount == 1
