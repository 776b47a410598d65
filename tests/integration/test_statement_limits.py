"""How long a statement may be: its days through the public door, its rows in a database whose events nobody consumes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from functions.wallet import instants
from functions.wallet.open_wallet import open_wallet
from functions.wallet.schemas import OpenWallet
from functions.wallet.statement import make_statement as making
from functions.wallet.statement.forms import csv_form
from functions.wallet.statement.make_statement import make_statement
from local.configuration import Configuration
from local.story import Person
from paycore import ids
from paycore.caller import Caller
from paycore.database import Connection, one_statement
from paycore.errors import StatementTooLarge
from paycore.ledger.commands import Move, System, Wallet
from paycore.ledger.compound import Bulk
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import post
from paycore.money import Money
from paycore.origin import Origin
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import DATABASE, copied_database
from tests.integration.outbox_desk import as_function
from tests.integration.test_wallet_statement import MICROSECOND, _get, _refusal, _statement, _text

ROWS = 10_000
_OWNER = """
INSERT INTO identity.user (id, sealed_data, locale, roles, password_hash) VALUES (:id, 'sealed', 'en', '{user}', 'hash')
"""
OWNER = Caller(ids.new("usr"), "ses", frozenset({"user"}))


@pytest.fixture
def wallet_service(ledger_template: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is the wallet service's function, on a ledger of its own, where nothing is in flight."""
    monkeypatch.setattr(instants, "SETTLED_AFTER", timedelta(0))
    with copied_database(ledger_template), as_function(ledger_template, monkeypatch, "app_rw", DATABASE):
        one_statement(lambda connection: connection.execute(text(_OWNER), {"id": OWNER.user_id}))
        yield


def _wallet(name: str) -> str:
    return str(open_wallet(OWNER, OpenWallet(currency="EUR", name=name), Origin("127.0.0.1", "req"), None).body["id"])


class TestPeriod:
    def test_is_366_days_at_most(self, payer: Person) -> None:
        end = datetime.now(UTC) - timedelta(minutes=1)
        assert _statement(payer, end - timedelta(days=366), end).status == 200
        path = f"/v1/wallets/{payer.wallet_id}/statement?from={_text(end - timedelta(days=366) - MICROSECOND)}"
        assert _refusal(_get(payer, f"{path}&to={_text(end)}")) == (400, "invalid_parameter", "to")


class TestRows:
    @pytest.mark.usefixtures("wallet_service")
    def test_are_ten_thousand_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begin = datetime.now(UTC)
        payer, payee = _wallet("payer"), _wallet("payee")
        bank = Bulk(**common(), mode="independent", items=(_funds(payer, 2 * ROWS),))
        calls = [Bulk(**common(), mode="independent", items=_items(payer, payee)) for _ in range(ROWS // 250)]
        for call in (bank, *calls):
            outcome = one_statement(partial(_post, call))
            assert all(item.transaction for item in outcome.bulk)
        end = datetime.now(UTC) + MICROSECOND
        full = csv_form(make_statement(OWNER, payee, begin, end))
        around = 3  # a header, the opening and the closing balance
        assert len(full.splitlines()) == ROWS + around
        with pytest.raises(StatementTooLarge) as refusal:  # the same, and what it got before
            make_statement(OWNER, payer, begin, end)
        assert refusal.value.rows_max == ROWS
        monkeypatch.setattr(making, "ENTRIES_MAX", ROWS - 1)
        with pytest.raises(StatementTooLarge):  # without reading what it would tell
            make_statement(OWNER, payee, begin, end)


def _post(call: Bulk, connection: Connection) -> Outcome:
    return post(connection, call)


def _items(payer: str, payee: str) -> tuple[Move, ...]:
    return tuple(move(payer, payee, 1) for _ in range(250))


def _funds(wallet: str, amount: int) -> Move:
    source, target = System("clearing_bank"), Wallet(wallet)
    return Move(**common(), kind="funds_added", money=Money(amount, "EUR"), source=source, target=target)
