"""Verification on real servers: each kind of corruption, planted by the tables' owner, is found and freezes its wallets."""

from datetime import timedelta

import pytest

from functions.transaction.tending import store as tending
from functions.transaction.verification import store, verify_ledger
from functions.transaction.verification.read_verification import read_verification
from local.story import Person
from paycore.errors import LedgerVerificationNotFound
from paycore.ledger import verify
from tests.integration.corruptions import CORRUPTIONS, SOON
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.paying import Backstage
from tests.integration.used_once import tell_more, tell_what_is_in_order


def found() -> set[str]:
    """The invariants that the stored result names."""
    return {each["invariant"] for each in read_verification()["violations"]}


class TestVerifyLedger:
    def test_passes_an_intact_ledger(self, ledger_desk: LedgerDesk) -> None:
        with pytest.raises(LedgerVerificationNotFound):
            read_verification()
        assert verify_ledger.verify_ledger("test", whole=True)["violations"] == 0
        result = read_verification()
        assert (result["object"], result["status"], result["wallets"]) == ("ledger_verification", "pass", 5)
        assert result["entries"] == ledger_desk.sql("SELECT count(*) FROM ledger.entry")[0][0] > 20
        assert ledger_desk.states() == {}

    def test_passes_whatever_may_be(self, ledger_desk: LedgerDesk) -> None:
        tell_more(ledger_desk)
        tell_what_is_in_order(ledger_desk)
        for whole in (False, True):
            verify_ledger.verify_ledger("test", whole=whole)
            assert read_verification()["violations"] == []
        assert ledger_desk.states() == {}

    @pytest.mark.parametrize(("invariant", "owners", "statements"), CORRUPTIONS)
    def test_finds_what_is_broken_and_freezes_only_its_wallets(
        self, ledger_desk: LedgerDesk, invariant: str, owners: str, statements: tuple[str, ...]
    ) -> None:
        """Some of it within minutes, all of it at night. What is closed needs no freeze."""
        tell_more(ledger_desk)
        verify_ledger.verify_ledger("test")
        ledger_desk.age_checkpoints()
        ledger_desk.corrupt(*statements)
        verify_ledger.verify_ledger("test")
        soon = found()
        assert (invariant in soon) == ((invariant, owners) in SOON)
        verify_ledger.verify_ledger("test", whole=True)
        assert invariant in soon | found()  # a freeze repairs a stripe's state
        frozen = {name: state for name, state in ledger_desk.states().items() if state != "closed"}
        assert sorted(frozen) == owners.split()
        assert set(frozen.values()) <= {"debit_frozen", "frozen"}
        events = ledger_desk.sql("SELECT data FROM outbox.event WHERE type = 'ledger.broken'")
        told = [wallet for (data,) in events for wallet in data["wallet_ids"]]
        assert sorted(told) == sorted(ledger_desk.names[name] for name in frozen)

    def test_tells_the_result_although_a_wallet_cannot_be_frozen_now(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.corrupt(
            "UPDATE ledger.balance SET posted_minor = posted_minor + 1 WHERE account_id IN ('{anna}', '{dora}')"
        )
        with ledger_desk.session() as other:
            other.run("BEGIN")
            other.run("SELECT FROM ledger.balance WHERE account_id = :id FOR UPDATE", id=ledger_desk.names["anna"])
            assert verify_ledger.verify_ledger("test")["frozen"] == [ledger_desk.names["dora"]]
            other.run("ROLLBACK")
        assert "posted" in found()
        verify_ledger.verify_ledger("test")
        assert sorted(ledger_desk.states()) == ["anna", "dora"]

    def test_freezes_nothing_that_a_second_snapshot_does_not_show(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ledger_desk.corrupt("UPDATE ledger.balance SET held_minor = held_minor - 1 WHERE account_id = '{anna}'")
        first_look = verify_ledger._look_at_new

        def repaired() -> object:
            look = first_look()
            ledger_desk.corrupt("UPDATE ledger.balance SET held_minor = held_minor + 1 WHERE account_id = '{anna}'")
            return look

        monkeypatch.setattr(verify_ledger, "_look_at_new", repaired)
        assert verify_ledger.verify_ledger("test")["violations"] == 0
        assert ledger_desk.states() == {}

    def test_looks_at_what_is_new_only_and_at_what_is_broken_again(self, ledger_desk: LedgerDesk) -> None:
        assert verify_ledger.verify_ledger("test")["violations"] == 0
        ledger_desk.transfer("anna", "ben", 10)
        verify_ledger.verify_ledger("test")
        assert read_verification()["entries"] == 0, "the checkpoints are too young"
        ledger_desk.age_checkpoints()
        verify_ledger.verify_ledger("test")
        result = read_verification()
        assert (result["whole"], result["entries"], result["wallets"]) == (False, 2, 2)
        ledger_desk.transfer("anna", "dora", 10)
        ledger_desk.corrupt("UPDATE ledger.entry SET balance_after = 1 WHERE account_id = '{dora}' AND version = 3")
        for _ in range(2):
            ledger_desk.age_checkpoints()
            assert verify_ledger.verify_ledger("test")["violations"] > 0
            assert ledger_desk.states() == {"dora": "debit_frozen"}
        assert len(ledger_desk.sql("SELECT FROM outbox.event WHERE type = 'ledger.broken'")) == 1, "it is told once"
        ledger_desk.corrupt("UPDATE ledger.entry SET balance_after = 510 WHERE account_id = '{dora}' AND version = 3")
        ledger_desk.age_checkpoints()
        assert verify_ledger.verify_ledger("test")["violations"] == 0

    @pytest.mark.parametrize("name", ["paid", "hold", "overdue"])
    def test_looks_at_an_old_status_that_has_changed(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr(verify_ledger, "_ID_AGE_MAX", timedelta(0))
        overdue = ledger_desk.names["overdue"] = ledger_desk.hold("ben", "cleo", 70)
        verify_ledger.verify_ledger("test")
        ledger_desk.reverse(ledger_desk.names["paid"], 50)
        ledger_desk.capture(ledger_desk.names["hold"], 10)
        ledger_desk.end_hold(overdue)
        assert tending.expire_holds(9) == 1
        ledger_desk.age_checkpoints()
        verify_ledger.verify_ledger("test")
        assert (found(), ledger_desk.states()) == (set(), {})
        ledger_desk.sql(
            "DELETE FROM ledger.verification WHERE started_at > (SELECT min(started_at) FROM ledger.verification)"
        )
        ledger_desk.names["changed"] = ledger_desk.names[name]
        ledger_desk.corrupt("UPDATE ledger.transaction SET status = 'completed' WHERE id = '{changed}'")
        verify_ledger.verify_ledger("test")
        assert (found(), read_verification()["whole"]) == ({"status"}, False)
        assert ledger_desk.states() == {"ben" if name == "overdue" else "anna": "debit_frozen"}

    def test_leaves_the_ledger_to_a_verification_at_work(self, ledger_desk: LedgerDesk) -> None:
        with ledger_desk.session() as other:
            other.run("BEGIN")
            for whole, lock in ((False, store.LOCK_NEW), (True, store.LOCK_WHOLE)):
                other.run(f"SELECT pg_advisory_xact_lock({lock})")
                assert verify_ledger.verify_ledger("test", whole=whole) == {}
                other.run("ROLLBACK AND CHAIN")
                assert verify_ledger.verify_ledger("test", whole=whole)["violations"] == 0

    def test_of_the_whole_is_once_a_night_and_opens_what_is_broken_for_the_next(self, ledger_desk: LedgerDesk) -> None:
        verify_ledger.verify_ledger("test")
        ledger_desk.age_checkpoints()
        ledger_desk.corrupt("UPDATE ledger.entry SET balance_after = 1 WHERE account_id = '{dora}'")
        assert verify_ledger.verify_ledger("test")["violations"] == 0, "its row is as the checkpoint knew it"
        assert verify_ledger.verify_ledger("test", whole=True)["violations"] > 0
        assert verify_ledger.verify_ledger("test", whole=True) == {}
        assert ledger_desk.states() == {"dora": "debit_frozen"}
        assert verify_ledger.verify_ledger("test")["violations"] > 0


class TestCommand:
    def test_prints_what_is_broken_and_fails(self, ledger_desk: LedgerDesk, capsys: pytest.CaptureFixture[str]) -> None:
        assert verify.main() == 0
        ledger_desk.corrupt("UPDATE ledger.balance SET held_minor = held_minor - 1 WHERE account_id = '{anna}'")
        capsys.readouterr()
        assert verify.main() == 1
        first, last = capsys.readouterr().out.splitlines()
        assert first == f"held: {ledger_desk.names['anna']} 0: expected 450, found 449"
        assert last.endswith("5 wallets, 1 violations")


class TestRoute:
    def test_shows_an_admin_the_result_of_the_function(
        self, backstage: Backstage, admin: Person, payer: Person
    ) -> None:
        backstage.invoke("transaction-verify_ledger")
        shown = admin.client.request("GET", "/v1/admin/ledger/verify")
        assert (shown.status, shown.body["status"]) == (200, "pass"), shown.raw
        assert payer.client.request("GET", "/v1/admin/ledger/verify").status == 403
