"""A small ledger of its own for each test, so that it may be broken: wallets, movements, holds, and their owner's hand."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pg8000.native

from local.configuration import HOST, Configuration
from local.secrets import database_logins, superuser_password
from local.services.postgres import OWNER, connect
from paycore import ids
from paycore.database import transaction
from paycore.invariants import present
from paycore.ledger.commands import Hold, Move, Share, System, Wallet
from paycore.ledger.continuations import Capture, Reverse
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import AnyCommand, post
from paycore.money import Money
from paycore.request_key import RequestKey
from tests.branches import collect
from tests.integration.expiring import end_holds
from tests.integration.outbox_desk import SUPERUSER

TEMPLATE = "ledger_template"
DATABASE = "ledger_test"
LAST_OF = "account_id = '{0}' AND version = (SELECT max(version) FROM ledger.entry WHERE account_id = '{0}')"


@contextmanager
def copied_database(platform: Configuration) -> Iterator[None]:
    """A copy of the template; the same name for each test."""
    superuser = pg8000.native.Connection(
        SUPERUSER,
        host=HOST,
        port=platform.ports.postgres,
        password=superuser_password(platform),
        ssl_context=ssl.create_default_context(cafile=str(platform.ca_file)),
    )
    superuser.run(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    superuser.run(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE {TEMPLATE}")
    try:
        yield
        collect(platform, DATABASE)
    finally:
        superuser.run(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        superuser.close()


@dataclass
class LedgerDesk:
    """Posts through the ledger's own door, and writes past it as the owner of its tables."""

    platform: Configuration
    names: dict[str, str] = field(default_factory=dict)  # wallets and transactions of the story

    @contextmanager
    def session(self) -> Iterator[pg8000.native.Connection]:
        """A connection as the owner of the tables; what it leaves open is rolled back."""
        password = database_logins(self.platform)[OWNER]
        connection = connect(self.platform, self.platform.ports.postgres, OWNER, password, DATABASE)
        try:
            yield connection
        finally:
            connection.close()

    def age(self, table: str, column: str, days: int, condition: str = "true") -> None:
        """As if so many days had passed, and a minute."""
        step = f"{column} = clock_timestamp() - interval '{days} days 1 min'"
        self.sql(f"UPDATE {table} SET {step} WHERE {condition}")  # noqa: S608  # our own names

    def sql(self, statement: str, **values: object) -> list[list[Any]]:
        with self.session() as connection:
            return list(connection.run(statement, **values) or [])

    def corrupt(self, *statements: str) -> None:
        """Each statement, with the names of the story filled in and every guard out of the way."""
        tables = ("ledger.entry", "ledger.transaction", "ledger.hold", "ledger.split_target")
        for table in tables:
            self.sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.sql("ALTER TABLE ledger.balance DROP CONSTRAINT IF EXISTS enough_funds")
        for statement in statements:
            self.sql(statement.format(**self.names, last_of_ben=LAST_OF.format(self.names["ben"])))

    def open(self, name: str, stripes: int = 1, currency: str = "EUR") -> None:
        """A wallet of somebody's, under a name of the story."""
        wallet = self.names[name] = ids.new("wal")
        opening = "SELECT ledger.open_wallet(:wallet, :owner, :currency)"
        self.sql(opening, wallet=wallet, owner=ids.new("usr"), currency=currency)
        if stripes > 1:
            self.change(name, "stripe", stripes=stripes)

    def change(self, name: str, action: str, **wanted: object) -> None:
        change = json.dumps({"action": action, "wallet_id": self.names[name], **wanted})
        assert self.sql("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=change) == [[None]]

    def fund(self, target: str, amount: int) -> str:
        wallet = Wallet(self.names[target])
        return self._posted(self._move("funds_added", amount, System("clearing_bank"), wallet))

    def transfer(self, source: str, target: str, amount: int) -> str:
        return self._posted(self._move("transfer", amount, Wallet(self.names[source]), Wallet(self.names[target])))

    def share(self, source: str, **parts: int) -> str:
        shares = tuple(Share(Wallet(self.names[name]), part) for name, part in parts.items())
        money, payer = Money(sum(parts.values()), "EUR"), Wallet(self.names[source])
        split = Move(**_asked(), kind="transfer", money=money, source=payer, target=None, shares=shares)
        return self._posted(split)

    def hold(self, source: str, target: str, amount: int) -> str:
        sides = Wallet(self.names[source]), Wallet(self.names[target])
        return self._posted(Hold(**_asked(), money=Money(amount, "EUR"), source=sides[0], target=sides[1]))

    def end_hold(self, hold_id: str, in_ms: int = 0) -> None:
        end_holds(self.platform, {hold_id: in_ms}, DATABASE)

    def capture(self, hold_id: str, amount: int) -> str:
        return self._posted(Capture(**_asked(), original_id=hold_id, allowed=None, amount=amount, final=False))

    def reverse(self, transaction_id: str, amount: int) -> str:
        asked = _asked()
        return self._posted(Reverse(**asked, original_id=transaction_id, allowed=None, amount=amount, reason="test"))

    def ask(self, command: AnyCommand) -> Outcome:
        with transaction() as connection:
            return post(connection, command)

    def tell_story(self) -> None:
        """Anna pays Ben, who gives a part back; a hold is half captured, one is open; she pays two at once; Sam's wallet has four stripes."""
        for name in ("anna", "ben", "cleo", "dora"):
            self.open(name)
        self.open("sam", stripes=4)
        self.names |= {"funds": self.fund("anna", 10_000), "gift": self.fund("dora", 500)}
        for _ in range(8):
            self.names["sams"] = self.fund("sam", 100)
        self.transfer("sam", "cleo", 750)  # no stripe has as much
        self.names["paid"] = self.transfer("anna", "ben", 2_500)
        self.names["back"] = self.reverse(self.names["paid"], 100)
        self.names["hold"] = self.hold("anna", "cleo", 700)
        self.names["capture"] = self.capture(self.names["hold"], 300)
        self.hold("anna", "cleo", 50)
        self.names["shared"] = self.share("anna", cleo=30, ben=20)

    def states(self) -> dict[str, str]:
        """The wallets of the story that are not as they were, with their states."""
        rows = self.sql("SELECT account_id, max(state) FROM ledger.balance WHERE state <> 'active' GROUP BY 1")
        known = {wallet: name for name, wallet in self.names.items()}
        return {known[str(wallet)]: str(state) for wallet, state in rows}

    def age_checkpoints(self) -> None:
        """As if five minutes had passed since they were made."""
        self.sql("UPDATE ledger.checkpoint SET checked_at = checked_at - interval '5 min'")

    def _posted(self, command: AnyCommand) -> str:
        outcome = self.ask(command)
        outcome.succeed()
        return present(outcome.transaction, "a movement is a transaction").id

    def _move(self, kind: Any, amount: int, source: Wallet | System, target: Wallet) -> Move:
        return Move(**_asked(), kind=kind, money=Money(amount, "EUR"), source=source, target=target)


def _asked() -> dict[str, Any]:
    transaction_id = ids.new("tx")
    key = RequestKey("usr_test", "test", transaction_id, "fingerprint", "test")
    return {"key": key, "transaction_id": transaction_id, "actor_id": "usr_test"}
