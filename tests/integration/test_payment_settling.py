"""Unknown outcomes: a time-out, a lost request or a killed function ends in one charge and one credit."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.paying import (
    LOST,
    REFUND_LOST,
    REFUND_SLOW,
    SLOW,
    Backstage,
    paid,
    pay,
    posted,
    refund,
    save_card,
    shown,
)

PATIENCE_S = 30.0


def _status(person: Person, kind: str, object_id: str) -> str:
    return str(person.client.request("GET", f"/v1/{kind}/{object_id}").body["status"])


def _settled(person: Person, kind: str, object_id: str, backstage: Backstage) -> str:
    """The status once the job, or its scheduled twin, has settled it: a slow processor needs more than one turn."""
    deadline = time.monotonic() + PATIENCE_S
    while (status := _status(person, kind, object_id)) == "processing" and time.monotonic() < deadline:
        backstage.make_due()
        backstage.settle()
    return status


def _charges(backstage: Backstage, payment_id: str) -> list[list[object]]:
    return backstage.sql("SELECT amount, status FROM processor.charge WHERE idempotency_key = :id", id=payment_id)


class TestTimeOut:
    @pytest.mark.parametrize("number", [SLOW, LOST], ids=["after charging", "before charging"])
    def test_of_a_charge_is_processing_and_then_credited_once(
        self, number: str, payer: Person, backstage: Backstage
    ) -> None:
        method = save_card(payer, number)
        answer = pay(payer, method, key="one")
        assert (answer.status, answer.body["status"], answer.body["transaction_id"]) == (202, "processing", None)
        assert answer.milliseconds < 10_000
        assert shown(payer) == 0
        payment_id = answer.body["id"]
        assert _settled(payer, "payments", payment_id, backstage) == "succeeded"
        assert posted(payer) == shown(payer) == 1000
        assert _charges(backstage, payment_id) == [[1000, "approved"]]
        again = pay(payer, method, key="one")
        assert (again.status, again.raw, again.headers["idempotency-replayed"]) == (202, answer.raw, "true")
        assert posted(payer) == 1000

    @pytest.mark.parametrize("number", [REFUND_SLOW, REFUND_LOST], ids=["after refunding", "before refunding"])
    def test_of_a_refund_keeps_the_amount_reserved_until_it_is_settled(
        self, number: str, payer: Person, backstage: Backstage
    ) -> None:
        payment_id = paid(payer, 1000, number)
        answer = refund(payer, payment_id, 400)
        assert (answer.status, answer.body["status"]) == (202, "processing")
        assert posted(payer) == shown(payer) == 600
        too_much = refund(payer, payment_id, 601)
        assert (too_much.status, too_much.body["remaining"]) == (422, 600)
        assert _settled(payer, "refunds", answer.body["id"], backstage) == "succeeded"
        assert _status(payer, "payments", payment_id) == "partially_refunded"
        assert posted(payer) == 600


class TestKilled:
    def test_between_the_commits_a_retry_goes_on_where_it_stopped(self, payer: Person, backstage: Backstage) -> None:
        method = save_card(payer, SLOW)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(pay, payer, method, key="one")
            payment_id = self._wait_for_charge(payer, backstage)
            assert backstage.kill_payment_api() > 0
            assert first.result().status == 502
        early = self._pay_again(payer, method)
        assert (early.status, early.body["code"]) == (409, "idempotency_in_progress")
        backstage.end_lease("one")
        answer = self._pay_again(payer, method)
        assert (answer.status, answer.body["id"], answer.body["status"]) == (201, payment_id, "succeeded")
        assert posted(payer) == 1000
        assert _charges(backstage, payment_id) == [[1000, "approved"]]
        again = pay(payer, method, key="one")
        assert (again.raw, again.headers["idempotency-replayed"]) == (answer.raw, "true")

    def test_and_never_retried_the_job_completes_it(self, payer: Person, backstage: Backstage) -> None:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(pay, payer, save_card(payer, SLOW))
            payment_id = self._wait_for_charge(payer, backstage)
            backstage.kill_payment_api()
            assert first.result().status == 502
        assert _settled(payer, "payments", payment_id, backstage) == "succeeded"
        assert posted(payer) == 1000
        assert _charges(backstage, payment_id) == [[1000, "approved"]]

    @staticmethod
    def _pay_again(payer: Person, method: str) -> Answer:
        """As a client does: a 502 says that a payment is safe to repeat with its key."""
        deadline = time.monotonic() + PATIENCE_S
        while (answer := pay(payer, method, key="one")).status == 502 and time.monotonic() < deadline:
            time.sleep(0.1)
        return answer

    @staticmethod
    def _wait_for_charge(payer: Person, backstage: Backstage) -> str:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = backstage.sql(
                "SELECT p.id FROM payment.payment p JOIN processor.charge c ON c.idempotency_key = p.id "
                "WHERE p.wallet_id = :id",
                id=payer.wallet_id,
            )
            if found:
                return str(found[0][0])
            time.sleep(0.02)
        raise AssertionError("the card was never charged")


class TestReview:
    def test_takes_what_the_processor_never_tells_clearly(self, payer: Person, backstage: Backstage) -> None:
        payment_id = pay(payer, save_card(payer, SLOW)).body["id"]
        backstage.sql(
            "UPDATE processor.charge SET status = 'declined', decline_code = '<no code>' WHERE idempotency_key = :id",
            id=payment_id,
        )
        backstage.sql("UPDATE payment.payment SET checks = 7 WHERE id = :id", id=payment_id)
        assert _settled(payer, "payments", payment_id, backstage) == "requires_review"
        assert backstage.sql("SELECT checks FROM payment.payment WHERE id = :id", id=payment_id) == [[9]]
        assert posted(payer) == 0

    @pytest.mark.parametrize("fault", ["amount = amount + 1", "currency = 'USD'"])
    def test_takes_what_is_not_what_was_asked(self, fault: str, payer: Person, backstage: Backstage) -> None:
        payment_id = pay(payer, save_card(payer, SLOW)).body["id"]
        backstage.sql(f"UPDATE processor.charge SET {fault} WHERE idempotency_key = :id", id=payment_id)  # noqa: S608
        assert _settled(payer, "payments", payment_id, backstage) == "requires_review"
        assert posted(payer) == 0

    def test_takes_what_the_ledger_refuses(self, payer: Person, admin: Person, backstage: Backstage) -> None:
        payment_id = pay(payer, save_card(payer, SLOW)).body["id"]
        freeze = {"direction": "credit", "reason": "test"}
        assert admin.client.request("POST", f"/v1/wallets/{payer.wallet_id}/freeze", freeze).status == 200
        assert _settled(payer, "payments", payment_id, backstage) == "requires_review"
        assert posted(payer) == 0


class TestWallet:
    def test_stays_open_while_money_is_on_its_way(self, payer: Person, backstage: Backstage) -> None:
        payment_id = pay(payer, save_card(payer, SLOW)).body["id"]
        path = f"/v1/wallets/{payer.wallet_id}/deactivate"
        refused = payer.client.request("POST", path, {})
        assert (refused.status, refused.body["code"]) == (409, "wallet_not_empty")
        assert _settled(payer, "payments", payment_id, backstage) == "succeeded"


class TestExpectedCredit:
    def test_is_refused_for_a_wallet_that_nobody_has(self, backstage: Backstage) -> None:
        """The ledger does not rely on who asks it."""
        ((refusal,),) = backstage.sql("SELECT ledger.expect_credit('pay_nobody', 'wal_nowhere')")
        assert refusal == {"code": "wallet_not_found"}
        assert backstage.sql("SELECT FROM ledger.expected_credit WHERE subject = 'pay_nobody'") == []
