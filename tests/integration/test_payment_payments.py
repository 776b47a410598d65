"""Payments through the public door: charged once, credited once, and nothing credited that was not charged."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.story import Person
from tests.integration.money import set_state
from tests.integration.paying import (
    DECLINE,
    DECLINE_FUNDS,
    SLOW,
    WRONG_AMOUNT,
    Backstage,
    paid,
    pay,
    posted,
    save_card,
    shown,
)
from tests.integration.people import Town


@pytest.fixture(scope="module")
def refused(town: Town) -> Person:
    """Somebody for whom nothing ever works out."""
    return town.person("EUR")


class TestPay:
    def test_charges_the_card_and_credits_the_wallet(self, payer: Person, backstage: Backstage) -> None:
        assert shown(payer) == 0  # fills the cache
        answer = pay(payer, save_card(payer), 1234, description="Top-up", metadata={"order": "1"})
        assert answer.status == 201
        body = answer.body
        assert (body["status"], body["amount_captured"], body["failure"]) == ("succeeded", 1234, None)
        assert (body["description"], body["metadata"]) == ("Top-up", {"order": "1"})
        assert posted(payer) == shown(payer) == 1234
        booked = payer.client.request("GET", f"/v1/transactions/{body['transaction_id']}").body
        assert (booked["kind"], booked["metadata"]) == ("payment", {"payment_id": body["id"]})
        charges = backstage.sql(
            "SELECT amount, status FROM processor.charge WHERE idempotency_key = :id", id=body["id"]
        )
        assert charges == [[1234, "approved"]]

    def test_tells_the_world_in_the_same_commit(self, payer: Person, backstage: Backstage) -> None:
        payment_id = paid(payer)
        events = backstage.sql(
            "SELECT type, partition_key FROM outbox.event WHERE data ->> 'payment_id' = :id", id=payment_id
        )
        assert events == [["payment.processed", payer.wallet_id]]

    @pytest.mark.parametrize(
        ("number", "decline_code"),
        [
            (DECLINE, "card_declined"),
            (DECLINE_FUNDS, "insufficient_funds_at_issuer"),
            ("4012888888881881", "test_card_unknown"),
        ],
    )
    def test_a_declined_one_exists_and_credits_nothing(
        self, number: str, decline_code: str, payer: Person, backstage: Backstage
    ) -> None:
        answer = pay(payer, save_card(payer, number), key="declined")
        assert (answer.status, answer.body["code"], answer.body["decline_code"]) == (
            402, "payment_declined", decline_code,
        )  # fmt: skip
        payment_id = answer.body["payment_id"]
        kept = payer.client.request("GET", f"/v1/payments/{payment_id}").body
        assert (kept["status"], kept["failure"]) == ("failed", {"decline_code": decline_code})
        assert posted(payer) == 0
        again = pay(payer, save_card(payer, number), key="declined")
        assert (again.status, again.raw) == (402, answer.raw)
        assert again.headers["idempotency-replayed"] == "true"
        events = backstage.sql("SELECT type FROM outbox.event WHERE data ->> 'payment_id' = :id", id=payment_id)
        assert events == [["payment.failed"]]

    def test_another_amount_than_asked_is_reviewed_and_never_credited(self, payer: Person) -> None:
        answer = pay(payer, save_card(payer, WRONG_AMOUNT))
        assert (answer.status, answer.body["status"]) == (202, "requires_review")
        assert posted(payer) == 0


class TestKey:
    def test_the_same_request_is_answered_with_the_same_bytes(self, payer: Person) -> None:
        method = save_card(payer)
        first, again = (pay(payer, method, key="one") for _ in range(2))
        assert (again.status, again.raw) == (201, first.raw)
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["request-id"] != first.headers["request-id"]
        assert posted(payer) == 1000

    def test_another_body_is_refused(self, payer: Person) -> None:
        method = save_card(payer)
        pay(payer, method, key="one")
        reused = pay(payer, method, 2, key="one")
        assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
        assert posted(payer) == 1000

    def test_is_required(self, refused: Person) -> None:
        body = {"amount": 1, "currency": "EUR", "payment_method_id": "pm_1", "wallet_id": refused.wallet_id}
        answer = refused.client.request("POST", "/v1/payments", body)
        assert (answer.status, answer.body["code"]) == (400, "idempotency_key_required")

    def test_of_a_stranger_is_a_key_of_its_own(self, payer: Person, payee: Person) -> None:
        assert pay(payer, save_card(payer), key="one").body["id"] != pay(payee, save_card(payee), key="one").body["id"]

    def test_in_flight_is_409_and_never_a_second_charge(self, payer: Person, backstage: Backstage) -> None:
        method = save_card(payer, SLOW)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: pay(payer, method, key="one"), range(8)))
        assert {answer.status for answer in answers} <= {202, 409}
        twins = [answer for answer in answers if answer.status == 409]
        assert {answer.body["code"] for answer in twins} == {"idempotency_in_progress"}
        assert {answer.headers["retry-after"] for answer in twins} == {"1"}
        assert len(payer.client.request("GET", "/v1/payments").body["data"]) == 1
        charges = backstage.sql(
            "SELECT count(*) FROM processor.charge c JOIN payment.payment p ON p.id = c.idempotency_key "
            "WHERE p.owner_id = (SELECT owner_id FROM ledger.account WHERE id = :id)",
            id=payer.wallet_id,
        )
        assert charges == [[1]]

    def test_is_free_again_after_a_404(self, payer: Person) -> None:
        assert pay(payer, "pm_nonsense", key="one").status == 404
        assert pay(payer, save_card(payer), key="one").status == 201


class TestRefusals:
    def test_a_foreign_wallet_or_method_is_absent(self, payer: Person, payee: Person) -> None:
        own, foreign = save_card(payer), save_card(payee)
        answer = pay(payer, own, wallet_id=payee.wallet_id)
        assert (answer.status, answer.body["code"]) == (404, "wallet_not_found")
        answer = pay(payer, foreign)
        assert (answer.status, answer.body["code"]) == (404, "payment_method_not_found")
        assert posted(payee) == 0

    def test_a_wallet_that_cannot_take_the_money_is_told_before_the_charge(self, payer: Person, admin: Person) -> None:
        method = save_card(payer)
        answer = pay(payer, method, currency="USD")
        assert (answer.status, answer.body["code"]) == (422, "currency_mismatch")
        set_state(admin, payer.wallet_id, "freeze", direction="credit")
        answer = pay(payer, method)
        assert (answer.status, answer.body["code"]) == (409, "wallet_frozen")
        set_state(admin, payer.wallet_id, "unfreeze")
        path = f"/v1/wallets/{payer.wallet_id}/deactivate"
        assert payer.client.request("POST", path, {}).status == 200
        answer = pay(payer, method)
        assert (answer.status, answer.body["code"]) == (409, "wallet_closed")
        assert payer.client.request("GET", "/v1/payments").body["data"] == []

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"amount": 0}, 422, "invalid_request"),
            ({"amount": 1.0}, 422, "invalid_request"),
            ({"amount": "1"}, 422, "invalid_request"),
            ({"amount": 10**15 + 1}, 422, "invalid_request"),
            ({"currency": "eur"}, 422, "invalid_request"),
            ({"status": "succeeded"}, 422, "invalid_request"),
            ({"description": "a\ud800"}, 422, "invalid_request"),
            ({"description": "4242 4242 4242 4242"}, 422, "invalid_request"),
            ({"capture_method": "manual"}, 422, "invalid_request"),
            ({"wallet_id": "wal_nonsense"}, 404, "wallet_not_found"),
        ],
        ids=str,
    )
    def test_bad_input_leaves_nothing(self, changes: dict[str, object], status: int, code: str, payer: Person) -> None:
        answer = pay(payer, save_card(payer), **changes)  # type: ignore[arg-type]  # wrong on purpose
        assert (answer.status, answer.body["code"]) == (status, code)
        assert payer.client.request("GET", "/v1/payments").body["data"] == []


class TestRead:
    def test_lists_the_newest_first_in_pages_that_fit(self, payer: Person) -> None:
        method = save_card(payer)
        made = [pay(payer, method, amount).body["id"] for amount in (1, 2, 3)]
        first = payer.client.request("GET", "/v1/payments?limit=2").body
        rest = payer.client.request("GET", f"/v1/payments?limit=2&cursor={first['next_cursor']}").body
        assert [item["id"] for item in first["data"] + rest["data"]] == made[::-1]
        assert (first["has_more"], rest["has_more"]) == (True, False)
        assert len(payer.client.request("GET", "/v1/payments?status=failed").body["data"]) == 0
        foreign = payer.client.request("GET", f"/v1/payments?status=failed&cursor={first['next_cursor']}")
        assert (foreign.status, foreign.body["code"]) == (400, "invalid_parameter")

    def test_a_foreign_one_is_absent_and_an_admin_sees_it(self, payer: Person, payee: Person, admin: Person) -> None:
        payment_id = paid(payer)
        path = f"/v1/payments/{payment_id}"
        foreign, absent = payee.client.request("GET", path), payee.client.request("GET", "/v1/payments/pay_1")
        assert foreign.status == absent.status == 404
        assert {**foreign.body, "request_id": ""} == {**absent.body, "request_id": ""}
        assert admin.client.request("GET", path).body["id"] == payment_id

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=1&limit=2", "who=1", "cursor=x", "status="])
    def test_refuses_a_query_that_it_does_not_know(self, query: str, refused: Person) -> None:
        answer = refused.client.request("GET", f"/v1/payments?{query}")
        assert (answer.status, answer.body["code"]) == (400, "invalid_parameter")
