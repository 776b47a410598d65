"""The balance of a wallet as its owner reads it: of one instant, by the database's clock."""

import pytest

from functions.wallet import store
from functions.wallet.read_wallet import read_balance
from paycore.caller import Caller
from paycore.database import Connection
from tests.integration.ledger_crowd import move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import post_as, somebody


class TestBalance:
    def test_has_all_that_was_committed_until_its_instant_and_nothing_later(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever the function's own clock shows, and although money moves between the read and the answer."""
        wallet, find = ledger_desk.names["ben"], store.find
        ledger_desk.sql(
            "INSERT INTO wallet.wallet (id, owner_id, currency) SELECT id, owner_id, currency FROM ledger.account "
            "WHERE id = :id",
            id=wallet,
        )
        caller = Caller("usr_admin", "ses_1", frozenset({"admin"}), second_factor=True)

        def find_and_move(connection: Connection, wallet_id: str) -> store.WalletRow | None:
            found = find(connection, wallet_id)
            with somebody(ledger_desk) as other:
                post_as(other, move(ledger_desk.names["dora"], wallet, 1))
                other.run("COMMIT")
            return found

        monkeypatch.setattr(store, "find", find_and_move)
        last = "SELECT ledger.rfc3339(max(posted_at)) FROM ledger.entry WHERE account_id = :id"
        ((before,),) = ledger_desk.sql(last, id=wallet)
        told = read_balance(caller, wallet)["as_of"]
        ((after,),) = ledger_desk.sql(last, id=wallet)
        assert before < told < after
