"""The ledger's housekeeping on real rows: overdue holds end, hot wallets are spread, months are ready."""

import secrets
from typing import Any

import pytest

from functions.payment.pay import pay
from functions.payment.refund import refund
from functions.payment.schemas import Pay, Refund
from functions.transaction.tending import store
from functions.transaction.tending.tend_ledger import tend_ledger
from local.story import Person
from paycore import database, ids
from paycore.caller import Caller
from paycore.errors import Overloaded, PaymentNotFound, WalletNotFound
from paycore.ledger import post as posting
from paycore.ledger import pressure
from paycore.ledger.commands import Move, System, Wallet
from paycore.money import Money
from paycore.request_key import RequestKey
from tests.integration.ledger_desk import DATABASE, LedgerDesk
from tests.integration.outbox_desk import as_function
from tests.integration.paying import Backstage


class TestPartitions:
    @pytest.mark.parametrize("parent", ["ledger.transaction", "ledger.entry", "outbox.event"])
    def test_are_ready_for_six_months_and_counted_where_they_are_not(
        self, ledger_desk: LedgerDesk, parent: str
    ) -> None:
        ((month,),) = ledger_desk.sql("SELECT to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYY_MM')")
        triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(:name) ORDER BY tgname"
        before = ledger_desk.sql(triggers, name=f"{parent}_{month}")
        ledger_desk.sql(f"DROP TABLE {parent}_{month}")
        assert store.months_without_partition(2) == 1
        assert tend_ledger()["partitions"] == 1
        assert store.months_without_partition(6) == 0
        assert ledger_desk.sql(triggers, name=f"{parent}_{month}") == before


class TestHotWallets:
    def test_are_striped_where_too_many_waited(self, ledger_desk: LedgerDesk) -> None:
        waits = "INSERT INTO ledger.contention (account_id) SELECT :id FROM generate_series(1, CAST(:n AS integer))"
        anna, ben, sam = (ledger_desk.names[name] for name in ("anna", "ben", "sam"))
        for wallet, count in ((anna, 301), (ben, 300), (sam, 301)):
            ledger_desk.sql(waits, id=wallet, n=count)
        changed = "SELECT max(posted_at) FROM ledger.balance WHERE account_id = :id"
        ((before,),) = ledger_desk.sql(changed, id=anna)
        assert tend_ledger()["striped"] == [anna], "one waited for often enough; and one is striped already"
        ((after,),) = ledger_desk.sql("SELECT min(posted_at) FROM ledger.balance WHERE account_id = :id", id=anna)
        assert after > before
        stripes = "SELECT id, stripes FROM ledger.account WHERE id = ANY(CAST(:ids AS text[])) ORDER BY stripes"
        assert ledger_desk.sql(stripes, ids=[anna, ben, sam]) == [[ben, 1], [sam, 4], [anna, 16]]
        assert ledger_desk.sql("SELECT FROM ledger.contention") == []
        told = "SELECT subject, data ->> 'action', (data ->> 'version')::bigint FROM outbox.event WHERE type = :type"
        ((version,),) = ledger_desk.sql("SELECT ledger.version_of(:id)", id=anna)
        assert ledger_desk.sql(told, type="wallet.updated") == [[anna, "stripe", version]]
        assert ledger_desk.transfer("anna", "ben", 10)


class TestHolds:
    def test_end_in_time_and_their_money_is_free_again(
        self, backstage: Backstage, admin: Person, payer: Person, payee: Person
    ) -> None:
        """Through the public door: a hold of one second, then the job until it has ended."""
        _post(admin, f"/v1/wallets/{payer.wallet_id}/funds/add", amount=1000, currency="EUR", reason="test")
        sides = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id}
        held = _post(payer, "/v1/transactions/hold", **sides, amount=800, currency="EUR", expires_in=1)
        assert _available(payer) == 200
        while backstage.sql("SELECT FROM ledger.hold WHERE transaction_id = :id AND state = 'open'", id=held["id"]):
            backstage.invoke("transaction-tend_ledger")
        shown = payer.client.request("GET", f"/v1/transactions/{held['id']}").body
        assert (shown["status"], _available(payer)) == ("expired", 1000)


class TestBackPressure:
    def test_no_payment_and_no_refund_begins_and_their_keys_stay_free(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _probe_each_time(monkeypatch)
        _fall_behind(ledger_desk)
        anna = Caller("usr_anna", "test", frozenset())
        wanted = Pay(amount=1, currency="EUR", payment_method_id=ids.new("pm"), wallet_id=ids.new("wal"))
        pay_key, refund_key = (RequestKey("usr_anna", "test", ids.new("tx"), "fingerprint", "test") for _ in range(2))
        database.engine().dispose()  # what follows signs in as a function that serves requests
        with as_function(ledger_desk.platform, monkeypatch, "app_rw", DATABASE):
            with pytest.raises(Overloaded):
                pay(anna, wanted, pay_key)
            with pytest.raises(Overloaded):
                refund(anna, ids.new("pay"), Refund(), refund_key)
            assert ledger_desk.sql("SELECT FROM ledger.stored_answer WHERE principal = 'usr_anna'") == []
            ledger_desk.sql("UPDATE outbox.event SET published_at = clock_timestamp()")
            with pytest.raises(WalletNotFound):
                pay(anna, wanted, pay_key)
            with pytest.raises(PaymentNotFound):
                refund(anna, ids.new("pay"), Refund(), refund_key)

    def test_money_waits_while_more_is_staged_than_the_relay_takes_in_a_minute(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _probe_each_time(monkeypatch)
        ledger_desk.age("outbox.event", "created_at", 0)
        assert posting.post_now(_gift(ledger_desk)).transaction is not None, "a few stuck events are no backlog"
        _fall_behind(ledger_desk)
        command = _gift(ledger_desk)
        with pytest.raises(Overloaded):
            posting.post_now(command)
        ledger_desk.sql("UPDATE outbox.event SET published_at = clock_timestamp()")
        outcome = posting.post_now(command)
        assert outcome.transaction is not None
        assert not outcome.replayed, "the refusal kept no key"


def _probe_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pressure, "_pressure", pressure.Pressure())
    monkeypatch.setattr(pressure, "PROBE_LIFE_S", 0)


def _fall_behind(ledger_desk: LedgerDesk) -> None:
    """More events are staged than the relay takes at once, all of them a minute ago."""
    ledger_desk.age("outbox.event", "created_at", 0)
    ledger_desk.sql(
        "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data, created_at) "
        "SELECT e.id + n, 'evt_more' || n, e.topic, e.partition_key, e.type, e.subject, e.request_id, e.data, "
        "       e.created_at FROM (SELECT * FROM outbox.event ORDER BY id LIMIT 1) e, generate_series(1, 501) n"
    )


def _gift(ledger_desk: LedgerDesk) -> Move:
    transaction_id = ids.new("tx")
    return Move(
        key=RequestKey("usr_test", "test", transaction_id, "fingerprint", "test"),
        transaction_id=transaction_id,
        actor_id="usr_test",
        kind="funds_added",
        money=Money(1, "EUR"),
        source=System("clearing_bank"),
        target=Wallet(ledger_desk.names["anna"]),
    )


def _post(person: Person, path: str, **body: object) -> dict[str, Any]:
    answer = person.client.request("POST", path, body, key=secrets.token_hex(8))
    assert answer.status == 201, answer.raw
    return dict(answer.body)


def _available(person: Person) -> int:
    return int(person.client.request("GET", f"/v1/wallets/{person.wallet_id}/balance").body["available"])
