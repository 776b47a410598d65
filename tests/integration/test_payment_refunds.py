"""Refunds through the public door: never above what was captured, and the wallet pays before the card gets."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.story import Person
from tests.integration.paying import (
    DECLINE,
    REFUND_DECLINE,
    SLOW,
    Backstage,
    paid,
    pay,
    posted,
    refund,
    save_card,
    shown,
)


def _give_away(payer: Person, payee: Person, amount: int) -> None:
    body = {
        "source_wallet_id": payer.wallet_id,
        "target_wallet_id": payee.wallet_id,
        "amount": amount,
        "currency": "EUR",
    }
    answer = payer.client.request("POST", "/v1/transactions/transfer", body, key=secrets.token_hex(8))
    assert answer.status == 201


def _payment(person: Person, payment_id: str) -> tuple[str, int]:
    body = person.client.request("GET", f"/v1/payments/{payment_id}").body
    return body["status"], body["amount_refunded"]


class TestRefund:
    def test_goes_in_parts_until_nothing_remains(self, payer: Person, backstage: Backstage) -> None:
        payment_id = paid(payer, 1000)
        first = refund(payer, payment_id, 400)
        assert (first.status, first.body["status"], first.body["amount"]) == (201, "succeeded", 400)
        assert _payment(payer, payment_id) == ("partially_refunded", 400)
        assert posted(payer) == shown(payer) == 600
        too_much = refund(payer, payment_id, 601)
        assert (too_much.status, too_much.body["code"], too_much.body["remaining"]) == (
            422, "refund_exceeds_remaining", 600,
        )  # fmt: skip
        rest = refund(payer, payment_id)
        assert (rest.status, rest.body["amount"]) == (201, 600)
        assert _payment(payer, payment_id) == ("refunded", 1000)
        assert posted(payer) == 0
        nothing = refund(payer, payment_id)
        assert (nothing.status, nothing.body["code"]) == (409, "nothing_to_refund")
        events = backstage.sql(
            "SELECT (data ->> 'amount')::int FROM outbox.event "
            "WHERE type = 'payment.refunded' AND data ->> 'payment_id' = :id ORDER BY id",
            id=payment_id,
        )
        assert events == [[400], [600]]
        listed = payer.client.request("GET", f"/v1/refunds?payment_id={payment_id}").body["data"]
        assert [item["amount"] for item in listed] == [600, 400]

    def test_of_many_at_once_only_one_takes_it_all(self, payer: Person) -> None:
        payment_id = paid(payer, 1000)
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: refund(payer, payment_id), range(100)))
        assert sorted(answer.status for answer in answers) == [201] + [409] * 99
        assert {answer.body["code"] for answer in answers if answer.status == 409} == {"nothing_to_refund"}
        assert (posted(payer), _payment(payer, payment_id)) == (0, ("refunded", 1000))

    def test_parts_at_once_never_exceed_what_was_captured(self, payer: Person) -> None:
        payment_id = paid(payer, 1000)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: refund(payer, payment_id, 300), range(8)))
        assert sorted(answer.status for answer in answers) == [201] * 3 + [422] * 5
        assert (posted(payer), _payment(payer, payment_id)) == (100, ("partially_refunded", 900))

    def test_without_the_money_in_the_wallet_the_processor_is_not_asked(
        self, payer: Person, payee: Person, backstage: Backstage
    ) -> None:
        payment_id = paid(payer, 1000)
        _give_away(payer, payee, 700)
        answer = refund(payer, payment_id, 301, key="one")
        assert (answer.status, answer.body["code"], answer.body["short_by"]) == (422, "insufficient_funds", 1)
        assert backstage.sql(
            "SELECT count(*) FROM processor.refund r JOIN processor.charge c ON c.id = r.charge_id "
            "WHERE c.idempotency_key = :id",
            id=payment_id,
        ) == [[0]]
        assert payer.client.request("GET", "/v1/refunds").body["data"] == []
        again = refund(payer, payment_id, 301, key="one")
        assert (again.raw, again.headers["idempotency-replayed"]) == (answer.raw, "true")
        assert refund(payer, payment_id, 300).status == 201
        assert posted(payer) == 0

    def test_a_refused_one_returns_the_money_and_can_be_asked_again(self, payer: Person, backstage: Backstage) -> None:
        payment_id = paid(payer, 1000, REFUND_DECLINE)
        answer = refund(payer, payment_id, 400, key="one")
        assert (answer.status, answer.body["code"]) == (402, "refund_declined")
        assert answer.body["decline_code"] == "refund_refused_by_issuer"
        kept = payer.client.request("GET", f"/v1/refunds/{answer.body['refund_id']}").body
        assert (kept["status"], kept["failure"]) == ("failed", {"decline_code": "refund_refused_by_issuer"})
        assert posted(payer) == shown(payer) == 1000
        assert _payment(payer, payment_id) == ("succeeded", 0)
        assert refund(payer, payment_id, 400, key="one").raw == answer.raw
        assert refund(payer, payment_id, 1000).status == 402  # all of it is still there to be asked for
        suspense = "SELECT sum(posted_minor)::bigint FROM ledger.balance WHERE account_id = 'sys_suspense_eur'"
        assert backstage.sql(suspense) >= [[0]]  # what other refunds reserve at this moment is there, too

    def test_the_same_key_refunds_once(self, payer: Person) -> None:
        payment_id = paid(payer, 1000)
        first, again = (refund(payer, payment_id, 100, key="one") for _ in range(2))
        assert (again.status, again.raw, again.headers["idempotency-replayed"]) == (201, first.raw, "true")
        assert posted(payer) == 900
        reused = refund(payer, payment_id, 101, key="one")
        assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")


class TestWho:
    def test_an_admin_may_refund_and_a_stranger_finds_nothing(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        payment_id = paid(payer, 1000)
        foreign = refund(payee, payment_id, 1)
        assert (foreign.status, foreign.body["code"]) == (404, "payment_not_found")
        made = refund(admin, payment_id, 1)
        assert made.status == 201
        path = f"/v1/refunds/{made.body['id']}"
        assert payee.client.request("GET", path).body["code"] == "refund_not_found"
        assert payer.client.request("GET", path).body["id"] == made.body["id"]
        assert posted(payer) == 999

    @pytest.mark.parametrize("payment_id", ["pay_nonsense", "pay_00000000000000000000000000", "re_1"])
    def test_of_no_payment_is_absent(self, payment_id: str, admin: Person) -> None:
        answer = refund(admin, payment_id, 1)
        assert (answer.status, answer.body["code"]) == (404, "payment_not_found")


class TestState:
    def test_what_is_failed_or_open_cannot_be_refunded_now(self, payer: Person) -> None:
        declined = pay(payer, save_card(payer, DECLINE)).body["payment_id"]
        answer = refund(payer, declined, 1)
        assert (answer.status, answer.body["code"], answer.body["state"]) == (409, "invalid_state", "failed")
        processing = pay(payer, save_card(payer, SLOW)).body["id"]
        answer = refund(payer, processing, 1)
        assert (answer.status, answer.body["code"], answer.body["state"]) == (409, "invalid_state", "processing")
