"""The oracle's balance rules: each crossing is announced once, and only what came back can cross again."""

from tests.model.book import Account, Facts, Refused
from tests.model.oracle import Oracle
from tests.model.services.book import RULES_MAX, ServiceBook, Watch


class Watching:
    """Answers for the rules as the wallet service must."""

    def __init__(self, oracle: Oracle, book: ServiceBook) -> None:
        self.oracle = oracle
        self.book = book

    def add(self, rule_id: str, wallet_id: str, owned_by: str | None, watch: Watch) -> tuple[Facts, list[Facts]]:
        """The rule, or the same one that is there; and what is announced, since all rules of the wallet are looked at."""
        wallet = self.oracle.book.wallet(wallet_id, owned_by)
        if wallet.state == "closed":
            raise Refused("wallet_closed", wallet_id=wallet_id)
        rules = self.book.watches.setdefault(wallet_id, {})
        same = [
            each for each in rules.values() if (each.kind, each.op, each.value) == (watch.kind, watch.op, watch.value)
        ]
        if not same and len(rules) >= RULES_MAX:
            raise Refused("too_many_balance_rules", rules_max=RULES_MAX)
        kept = same[0] if same else watch
        if not same:
            watch.crossed = _is_beyond(watch, _balance(wallet, watch.kind))
            rules[rule_id] = watch
        told = {"kind": kept.kind, "op": kept.op, "value": kept.value, "crossed": kept.crossed}
        return told, self.look_at(wallet_id)

    def look_at_all(self) -> list[Facts]:
        """What is announced now, by rule."""
        found = [each for wallet_id in self.book.watches for each in self.look_at(wallet_id)]
        return sorted(found, key=lambda each: str(each["rule_id"]))

    def look_at(self, wallet_id: str) -> list[Facts]:
        """What is announced of a wallet, by rule."""
        announced = []
        for rule_id, watch in self.book.watches.get(wallet_id, {}).items():
            balance = _balance(self.oracle.book.accounts[wallet_id], watch.kind)
            was = watch.crossed
            if _is_beyond(watch, balance):
                watch.crossed = True
            elif was:
                back = balance - watch.value if watch.op == "below" else watch.value - balance
                watch.crossed = back < abs(watch.value) // 100
            if watch.crossed and not was:
                announced.append({"rule_id": rule_id, "wallet_id": wallet_id, "balance": balance})
        return sorted(announced, key=lambda each: str(each["rule_id"]))


def _balance(wallet: Account, kind: str) -> int:
    return wallet.posted if kind == "posted" else wallet.available


def _is_beyond(watch: Watch, balance: int) -> bool:
    return balance < watch.value if watch.op == "below" else balance > watch.value
