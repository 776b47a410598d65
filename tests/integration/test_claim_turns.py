"""Money for an address that no event gives to its owner: the job of the minute does, and looks at each hold in turn."""

import json

import pytest

from functions.transaction.claims import claim as claims
from functions.transaction.claims import claim_waiting as turns
from functions.transaction.claims.claim_waiting import claim_waiting
from local.story import Person
from paycore import ids
from paycore.events.event import Event
from paycore.events.user import UserVerified
from paycore.invariants import BrokenInvariant
from paycore.ledger.commands import Hold, Wallet
from paycore.ledger.continuations import Void
from paycore.money import Money
from tests.integration.ledger_crowd import common
from tests.integration.ledger_desk import DATABASE, LedgerDesk
from tests.integration.money import fund, open_wallet, posted, set_state, shown, transfer
from tests.integration.outbox_desk import as_function
from tests.integration.patience import until
from tests.integration.paying import Backstage
from tests.integration.people import Town


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def _state(backstage: Backstage, hold_id: str) -> str:
    ((state,),) = backstage.sql("SELECT state FROM ledger.hold WHERE transaction_id = :id", id=hold_id)
    return str(state)


def _turn(backstage: Backstage, hold_id: str) -> None:
    """The hold has its turn in the job of the minute; others may be before it."""
    look = "UPDATE transfer.unclaimed SET look_at = now() - interval '1 day' WHERE transaction_id = :id"
    backstage.sql(look, id=hold_id)
    backstage.invoke("transaction-tend_ledger")


def _send(payer: Person, email: str, key: str | None = None) -> str:
    made = transfer(payer, None, 100, key, target_email=email)
    assert (made.status, made.body["status"]) == (201, "pending"), made.raw
    return str(made.body["id"])


def _claimed_by_event(payer: Person, late: Person, backstage: Backstage) -> None:
    """Somebody gets a wallet, and what the payer has sent before; the event has been, and claims no more."""
    earlier = _send(payer, late.email)
    late.wallet_id = open_wallet(late, "EUR")
    until(lambda: _state(backstage, earlier), "captured".__eq__)


class TestMoney:
    def test_of_a_frozen_wallet_is_claimed_when_that_is_free_again(
        self, rich: Person, payee: Person, town: Town, admin: Person, backstage: Backstage
    ) -> None:
        late = town.person()
        hold_id = _send(rich, late.email)
        set_state(admin, rich.wallet_id, "freeze", direction="debit")
        fund(admin, payee.wallet_id, 100)
        _claimed_by_event(payee, late, backstage)
        assert _state(backstage, hold_id) == "open"
        set_state(admin, rich.wallet_id, "unfreeze")
        _turn(backstage, hold_id)
        assert posted(late) == 200
        assert shown(rich, hold_id).body["status"] == "captured"

    def test_for_a_wallet_that_came_while_it_was_held_is_claimed_after_all(
        self, rich: Person, town: Town, backstage: Backstage
    ) -> None:
        """Whoever sent it found no wallet, and the event of the wallet found no hold: as if it had come in between."""
        late, email = town.person(), f"nobody.{ids.new('usr')}@example.com"
        _claimed_by_event(rich, late, backstage)
        hold_id = _send(rich, email, "k")
        backstage.sql(
            "UPDATE transfer.unclaimed SET address_hmac = (SELECT hmac FROM identity.email_index WHERE user_id = "
            "    (SELECT owner_id FROM wallet.wallet WHERE id = :wallet) LIMIT 1) WHERE transaction_id = :id",
            id=hold_id, wallet=late.wallet_id,
        )  # fmt: skip
        assert _send(rich, email, "k") == hold_id
        _turn(backstage, hold_id)
        assert posted(late) == 200
        assert shown(rich, hold_id).body["status"] == "captured"


class Street:
    """People of the small ledger with an address each, and what waits for one of them."""

    def __init__(self, desk: LedgerDesk) -> None:
        self.desk = desk

    def prove(self, name: str) -> str:
        """Who has the wallet has an address of that name; their id."""
        wallet = self.desk.names[name]
        ((owner,),) = self.desk.sql("SELECT owner_id FROM ledger.account WHERE id = :id", id=wallet)
        person = (
            "INSERT INTO identity.user (id, locale, roles, password_hash, sealed_data) "
            "VALUES (:id, 'en', '{user}', 'none', 'none')"
        )
        self.desk.sql(person, id=owner)
        self.desk.sql("INSERT INTO identity.email_index VALUES (:hmac, :id)", hmac=name, id=owner)
        opened = "INSERT INTO wallet.wallet (id, owner_id, currency) VALUES (:id, :owner, 'EUR')"
        self.desk.sql(opened, id=wallet, owner=owner)
        return str(owner)

    def send(self, payer: str, address: str, minutes_ago: int = 0) -> str:
        """A hold for whoever has the address."""
        source = Wallet(self.desk.names[payer])
        hold = Hold(**common(), money=Money(10, "EUR"), source=source, target=None)
        hold_id = self.desk.ask(hold).completed().id
        self.desk.sql(
            "INSERT INTO transfer.unclaimed (transaction_id, sender_id, currency, address_hmac, look_at) "
            "VALUES (:id, 'usr_sender', 'EUR', :address, now() - make_interval(mins => :minutes))",
            id=hold_id, address=address, minutes=minutes_ago,
        )  # fmt: skip
        return hold_id

    def states(self, *hold_ids: str) -> list[str]:
        """Of each hold, and when the next look at it is due."""
        looked = (
            "SELECT h.state || CASE WHEN u.look_at IS NULL THEN '' WHEN u.look_at > now() + interval '30 s' "
            "       THEN ', later' ELSE ', due' END "
            "  FROM ledger.hold h LEFT JOIN transfer.unclaimed u USING (transaction_id) WHERE transaction_id = :id"
        )
        return [str(self.desk.sql(looked, id=hold_id)[0][0]) for hold_id in hold_ids]


@pytest.fixture
def street(ledger_desk: LedgerDesk) -> Street:
    return Street(ledger_desk)


class TestTurn:
    def test_of_a_frozen_wallet_and_of_nobody_come_after_those_behind_them(
        self, street: Street, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "HOLDS_PER_LOOK", 1)
        street.prove("cleo")
        change = json.dumps({"action": "freeze", "wallet_id": street.desk.names["anna"], "direction": "debit"})
        frozen, nobody, good = street.send("anna", "cleo", 3), street.send("dora", "x", 2), street.send("dora", "cleo")
        street.desk.sql("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=change)
        assert claim_waiting(9) == 1
        assert street.states(frozen, nobody, good) == ["open, later", "open, later", "captured"]
        assert street.desk.sql("SELECT FROM ledger.idempotency_key WHERE key = :id", id=frozen) == []
        assert claim_waiting(9) == 0

    def test_of_one_that_breaks_a_rule_keeps_no_other_from_its_own(self, street: Street) -> None:
        street.prove("cleo")
        broken, good = street.send("anna", "cleo", 1), street.send("dora", "cleo")
        street.desk.corrupt("UPDATE ledger.balance SET held_minor = 0 WHERE account_id = '{anna}'")
        with pytest.raises(BrokenInvariant):
            claim_waiting(9)
        assert street.states(broken, good) == ["open, later", "captured"]
        assert claim_waiting(9) == 0, "and alarms once in a while"

    def test_of_one_that_is_over_comes_no_more(self, street: Street) -> None:
        street.prove("cleo")
        over = street.send("dora", "cleo")
        street.desk.ask(Void(**common(), original_id=over, allowed=None)).succeed()
        assert claim_waiting(9) == 0
        assert street.states(over) == ["voided"]

    def test_is_the_next_for_what_an_event_had_no_time_for(
        self, street: Street, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claims, "HOLDS_PER_EVENT", 1)
        first, second = (street.send("dora", "cleo", -60) for _ in range(2))
        verified = UserVerified(street.prove("cleo"), "reg_test")
        with as_function(street.desk.platform, monkeypatch, "app_rw", DATABASE):
            claims.claim(Event("evt_one", verified.TYPE, "", "", verified, "test"))
        assert street.states(first, second) == ["captured", "open, due"]
        with as_function(street.desk.platform, monkeypatch, "app_job", DATABASE):
            assert claim_waiting(9) == 1
