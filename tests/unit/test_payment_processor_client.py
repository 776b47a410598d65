"""What we believe of the processor's answers: only what fits the form and is about what was asked."""

import json
from typing import Any

import pytest

from functions.payment import processor_client
from functions.payment.processor_call import RawAnswer, Unclear
from functions.payment.processor_client import Verdict
from functions.payment.schemas import Card
from paycore.errors import Unavailable
from paycore.money import Money

KEY = "pay_00000000000000000000000000"
EURO = Money(100, "EUR")
APPROVED: dict[str, Any] = {
    "id": "ch_1", "idempotency_key": KEY, "status": "approved", "amount": 100, "currency": "EUR", "decline_code": None,
}  # fmt: skip
DECLINED = {**APPROVED, "status": "declined", "decline_code": "card_declined"}


def _answer(monkeypatch: pytest.MonkeyPatch, status: int, body: object) -> list[tuple[Any, ...]]:
    """The processor answers this; returns what it is asked."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    asked: list[tuple[Any, ...]] = []

    def call(*question: Any, key: str | None = None) -> RawAnswer:
        asked.append((*question, key))
        return RawAnswer(status, content)

    monkeypatch.setattr(processor_client, "call", call)
    return asked


class TestCharge:
    def test_is_asked_for_with_the_payment_as_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = _answer(monkeypatch, 201, APPROVED)
        verdict = processor_client.charge(KEY, "tok_1", EURO)
        assert (verdict.status, verdict.id) == ("approved", "ch_1")
        assert asked == [("POST", "/v1/charges", {"token": "tok_1", "amount": 100, "currency": "EUR"}, KEY)]

    def test_may_be_declined_with_a_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer(monkeypatch, 201, DECLINED)
        assert processor_client.charge(KEY, "tok_1", EURO).decline_code == "card_declined"

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (200, APPROVED),
            (401, {}),
            (404, {"error": {"code": "token_not_found"}}),
            (422, {"error": {"code": "idempotency_key_reused"}}),
            (201, b""),
            (201, b"<html>"),
            (201, []),
            (201, {}),
            (201, {**APPROVED, "amount": "100"}),
            (201, {**APPROVED, "amount": 100.0}),
            (201, {**APPROVED, "amount": True}),
            (201, {**APPROVED, "status": "maybe"}),
            (201, {**APPROVED, "id": None}),
            (201, {**APPROVED, "id": "x" * 65}),
            (201, {**APPROVED, "decline_code": "card_declined"}),
            (201, {**DECLINED, "decline_code": None}),
            (201, {**DECLINED, "decline_code": "<script>"}),
        ],
        ids=str,
    )
    def test_is_unclear_when_the_answer_does_not_fit(
        self, status: int, body: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _answer(monkeypatch, status, body)
        with pytest.raises(Unclear):
            processor_client.charge(KEY, "tok_1", EURO)


class TestVerdict:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, True),
            ({"amount": 101}, False),
            ({"currency": "USD"}, False),
            ({"idempotency_key": "pay_other"}, False),
        ],
        ids=str,
    )
    def test_is_about_exactly_what_was_asked(self, changes: dict[str, Any], expected: bool) -> None:
        assert Verdict.model_validate({**APPROVED, **changes}).is_about(KEY, EURO) is expected


class TestFind:
    def test_knows_what_never_got_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer(monkeypatch, 404, {"error": {"code": "charge_not_found"}})
        assert processor_client.find_charge(KEY) is None
        assert processor_client.find_refund("re_1") is None

    def test_tells_what_became_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = _answer(monkeypatch, 200, APPROVED)
        found = processor_client.find_charge(KEY)
        assert found is not None
        assert found.status == "approved"
        assert asked == [("GET", f"/v1/charges/{KEY}", None)]

    @pytest.mark.parametrize("status", [401, 403, 422])
    def test_is_unclear_otherwise(self, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer(monkeypatch, status, {})
        with pytest.raises(Unclear):
            processor_client.find_charge(KEY)


class TestTokenize:
    CARD = Card.model_validate({"number": "4242424242424242", "exp_month": 12, "exp_year": 2032, "cvc": "123"})
    GOOD = {"token": "tok_0123456789ab", "brand": "visa", "last4": "4242"}  # noqa: RUF012

    def test_takes_the_token_and_what_may_be_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        _answer(monkeypatch, 201, self.GOOD)
        token = processor_client.tokenize(self.CARD)
        assert (token.token, token.brand, token.last4) == ("tok_0123456789ab", "visa", "4242")

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (422, {}),
            (201, {**GOOD, "token": "4242424242424242"}),  # a token that is the number would be kept for ever
            (201, {**GOOD, "token": "tok_" + "4" * 61}),
            (201, {**GOOD, "last4": "424242"}),
            (201, {**GOOD, "brand": "VISA!"}),
        ],
        ids=str,
    )
    def test_keeps_nothing_that_does_not_look_like_a_token(
        self, status: int, body: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _answer(monkeypatch, status, body)
        with pytest.raises(Unavailable):
            processor_client.tokenize(self.CARD)
