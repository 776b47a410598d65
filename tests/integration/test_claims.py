"""Money for an address that nobody is known to have: held, claimed by its owner, voided by its sender, or over."""

import secrets
import time

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person, Story
from paycore import ids
from paycore.ledger.commands import Hold, Wallet
from paycore.ledger.compound import Close
from paycore.ledger.continuations import Capture
from paycore.money import Money
from tests.integration.ledger_crowd import common
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.money import (
    balance,
    fund,
    go_on,
    history,
    open_wallet,
    posted,
    refusal,
    shown,
    transfer,
)
from tests.integration.paying import Backstage

PATIENCE_S = 30.0


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


@pytest.fixture
def story(platform: Configuration) -> Story:
    """Somebody who has not registered yet: `story.anna`."""
    return Story(platform, print, secrets.randbits(60))


def _send(payer: Person, email: str, amount: int = 100, key: str | None = None, **more: object) -> Answer:
    return transfer(payer, None, amount, key, target_email=email, **more)


def _captured(backstage: Backstage, hold_id: str) -> None:
    """Waits until the event has come and the hold is claimed: behind the API, whose limit counts requests."""
    deadline = time.monotonic() + PATIENCE_S
    asked = "SELECT state FROM ledger.hold WHERE transaction_id = :id"
    while backstage.sql(asked, id=hold_id) != [["captured"]]:
        assert time.monotonic() < deadline


def _nobody() -> str:
    return f"nobody.{secrets.token_hex(8)}@example.com"


class TestSend:
    def test_is_pending_and_only_reserved(self, rich: Person, backstage: Backstage) -> None:
        email = _nobody()
        made = _send(rich, email, key="k", metadata={"a": "b"}, external_id="order-1")
        told = {name: made.body[name] for name in ("kind", "status", "target_wallet_id", "legs", "metadata")}
        assert made.status == 201
        assert told == {
            "kind": "hold",
            "status": "pending",
            "target_wallet_id": None,
            "legs": [],
            "metadata": {"a": "b"},
        }
        assert balance(rich) == {"posted": 1000, "pending_in": 0, "pending_out": 100, "available": 900}
        again = _send(rich, email, key="k", metadata={"a": "b"}, external_id="order-1")
        assert (again.raw, again.headers["idempotency-replayed"]) == (made.raw, "true")
        ((row,),) = backstage.sql(
            "SELECT to_jsonb(u)::text FROM transfer.unclaimed u WHERE transaction_id = :id", id=made.body["id"]
        )
        ((event,),) = backstage.sql("SELECT data::text FROM outbox.event WHERE subject = :id", id=made.body["id"])
        assert email not in row + event

    def test_somebody_without_such_a_wallet_is_like_nobody(self, rich: Person, payee: Person) -> None:
        open_wallet(rich, "USD")
        nobody, somebody = _send(rich, _nobody()).body, _send(rich, payee.email, amount=100, currency="EUR").body
        assert somebody["status"] == "completed"
        dollars = open_wallet(rich, "GBP")
        other = _send(rich, payee.email, source_wallet_id=dollars, currency="GBP")
        assert refusal(other) == (422, "insufficient_funds")
        (failed,) = history(rich, "status=failed")
        assert (failed["kind"], nobody["kind"]) == ("hold", "hold")

    def test_is_refused_as_any_hold(self, rich: Person) -> None:
        short = _send(rich, _nobody(), 1001)
        assert (*refusal(short), short.body["short_by"]) == (422, "insufficient_funds", 1)
        foreign = _send(rich, _nobody(), source_wallet_id="wal_" + "0" * 26)
        assert refusal(foreign) == (404, "wallet_not_found")

    def test_can_be_rehearsed(self, rich: Person) -> None:
        body = {"source_wallet_id": rich.wallet_id, "target_email": _nobody(), "amount": 1, "currency": "EUR"}
        dry = rich.client.request("POST", "/v1/transactions/transfer?dry_run=true", body)
        assert (dry.status, dry.body["status"], dry.body["dry_run"]) == (200, "pending", True)
        assert balance(rich)["available"] == 1000

    def test_reaches_twenty_new_addresses_a_day(self, rich: Person) -> None:
        first = _nobody()
        for email in (first, *(_nobody() for _ in range(19))):
            assert _send(rich, email, 1).status == 201
        refused = _send(rich, _nobody(), 1, "k")
        assert refusal(refused) == (429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
        assert balance(rich)["pending_out"] == 20
        assert _send(rich, first, 1).status == 201  # no new one
        assert len(history(rich, "kind=hold&limit=100")) == 21


class TestVoid:
    def test_is_the_sender_s_until_it_is_claimed(self, rich: Person, payee: Person) -> None:
        hold_id = _send(rich, _nobody()).body["id"]
        assert refusal(go_on(payee, hold_id, "void")) == (404, "transaction_not_found")
        assert refusal(go_on(rich, hold_id, "capture")) == (409, "recipient_unknown")
        assert go_on(rich, hold_id, "void").status == 201
        assert balance(rich)["available"] == 1000


class TestRecipient:
    """What cannot be paid at the moment of a claim: the wallet was looked for a moment earlier."""

    @pytest.mark.parametrize("code", ["currency_mismatch", "same_wallet", "wallet_closed"])
    def test_is_judged_under_the_locks(self, ledger_desk: LedgerDesk, code: str) -> None:
        names = ledger_desk.names
        names["dollars"] = ids.new("wal")
        ledger_desk.sql("SELECT ledger.open_wallet(:id, 'usr_claims', 'USD')", id=names["dollars"])
        ledger_desk.open("gone")
        ledger_desk.ask(Close(**common(), wallet=Wallet(names["gone"]))).succeed()
        target = {"currency_mismatch": "dollars", "same_wallet": "anna", "wallet_closed": "gone"}[code]
        hold = Hold(**common(), money=Money(10, "EUR"), source=Wallet(names["anna"]), target=None)
        hold_id = ledger_desk.ask(hold).completed().id
        claim = Capture(**common(), original_id=hold_id, allowed=None, target=Wallet(names[target]))
        refused = ledger_desk.ask(claim).refusal
        assert refused is not None
        assert refused.code == code
        open_holds = "SELECT state, target_account_id FROM ledger.hold WHERE transaction_id = :id"
        assert ledger_desk.sql(open_holds, id=hold_id) == [["open", None]]


class TestClaim:
    def test_by_who_proves_the_address_and_opens_a_wallet(
        self, rich: Person, story: Story, backstage: Backstage
    ) -> None:
        anna = story.anna
        hold_ids = [_send(rich, anna.email, amount).body["id"] for amount in (100, 50)]
        dollars = _send(rich, anna.email, 7).body["id"]
        assert go_on(rich, dollars, "void").status == 201
        story.register(anna)
        assert history(anna) == []
        open_wallet(anna, "EUR", name="Savings")  # a named one is not for it
        anna.wallet_id = story.open_wallet(anna, "EUR")
        for hold_id in hold_ids:
            _captured(backstage, hold_id)
        assert posted(anna) == 150
        assert {shown(rich, hold_id).body["status"] for hold_id in hold_ids} == {"captured"}
        assert balance(rich) == {"posted": 850, "pending_in": 0, "pending_out": 0, "available": 850}
        received = history(anna)
        assert [(row["kind"], row["amount"], row["captures"]) for row in reversed(received)] == [
            ("capture", 100, hold_ids[0]), ("capture", 50, hold_ids[1]),
        ]  # fmt: skip
        late = go_on(rich, hold_ids[0], "void")
        assert (*refusal(late), late.body["state"]) == (409, "hold_ended", "captured")

    def test_an_overdue_one_goes_back(self, rich: Person, story: Story, backstage: Backstage) -> None:
        anna = story.anna
        late, good = (_send(rich, anna.email, amount).body["id"] for amount in (100, 1))
        backstage.end_hold(late)
        story.register(anna)
        anna.wallet_id = story.open_wallet(anna, "EUR")
        _captured(backstage, good)
        assert posted(anna) == 1
        assert shown(rich, good).body["status"] == "captured"
        # a debit that needs it finds it free
        assert _send(rich, _nobody(), 999).status == 201
        assert shown(rich, late).body["status"] == "expired"
