"""Bodies of the payment API: what is refused, and that nothing of a card is ever repeated."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from functions.payment.schemas import Card, Pay, Refund, SaveMethod
from paycore import clock

GOOD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2032, "cvc": "123"}


@pytest.fixture(autouse=True)
def _spring_of_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 5, 15, tzinfo=UTC))


def _faults(changes: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        Card.model_validate({**GOOD, **changes})
    assert "4242" not in str(refused.value)
    return [(str(fault["loc"][-1]), fault["type"]) for fault in refused.value.errors()]


class TestCard:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"number": "378282246310005", "cvc": "1234"},
            {"number": "5555555555554444"},
            {"exp_year": 2026, "exp_month": 5},  # a card is good through its last month
            {"exp_year": 2046},
        ],
        ids=str,
    )
    def test_takes_every_network_until_the_end_of_its_month(self, changes: dict[str, Any]) -> None:
        assert Card.model_validate({**GOOD, **changes})

    @pytest.mark.parametrize(
        ("number", "why"),
        [
            ("4242424242424241", "Luhn"),
            ("424242424242", "12 digits"),
            ("42424242424242424242", "20 digits"),
            ("4242 4242 4242 4242", "spaces"),
            ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "digits that are not ASCII"),
            ("4242424242424242\n", "a line end"),
            ("0000000000000000", "Luhn-valid, but of no network"),
            ("", "empty"),
        ],
    )
    def test_refuses_what_is_no_card_number(self, number: str, why: str) -> None:
        assert _faults({"number": number}) == [("number", "invalid_card_number")], why

    @pytest.mark.parametrize("number", [4242424242424242, None, True, ["4242424242424242"]])
    def test_refuses_a_number_that_is_no_text(self, number: object) -> None:
        assert [name for name, _ in _faults({"number": number})] == ["number"]

    @pytest.mark.parametrize(
        ("month", "year", "fault"),
        [
            (4, 2026, ("exp_year", "card_expired")),
            (12, 2025, ("exp_year", "card_expired")),
            (1, 2047, ("exp_year", "card_expired")),
            (12, 26, ("exp_year", "card_expired")),
            (13, 2030, ("exp_month", "less_than_equal")),
            (0, 2030, ("exp_month", "greater_than_equal")),
            ("12", 2030, ("exp_month", "int_type")),
            (True, 2030, ("exp_month", "int_type")),
            (12, 2030.0, ("exp_year", "int_type")),
        ],
    )
    def test_refuses_a_date_that_is_past_or_none(self, month: object, year: object, fault: tuple[str, str]) -> None:
        assert _faults({"exp_month": month, "exp_year": year}) == [fault]

    @pytest.mark.parametrize("code", ["", "12", "12345", "12a", "١٢٣", "-12"])
    def test_refuses_what_is_no_security_code(self, code: str) -> None:
        assert _faults({"cvc": code}) == [("cvc", "invalid_security_code")]

    def test_refuses_a_name_that_it_does_not_know(self) -> None:
        assert _faults({"pin": "1234"}) == [("pin", "extra_forbidden")]

    def test_never_shows_number_or_code(self) -> None:
        saved = SaveMethod.model_validate({"type": "card", "card": GOOD})
        for text in (repr(saved), str(saved), saved.model_dump_json()):
            assert "4242" not in text
            assert "123" not in text


class TestPay:
    GOOD: dict[str, Any] = {"amount": 1, "currency": "EUR", "payment_method_id": "pm_1", "wallet_id": "wal_1"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("changes", "param"),
        [
            ({"amount": 0}, "amount"),
            ({"amount": -1}, "amount"),
            ({"amount": 10**15 + 1}, "amount"),
            ({"amount": 1.0}, "amount"),
            ({"amount": "1"}, "amount"),
            ({"amount": True}, "amount"),
            ({"currency": "eur"}, "currency"),
            ({"currency": "XXX"}, "currency"),
            ({"capture_method": "manual"}, "capture_method"),
            ({"description": "my card 4242 4242 4242 4242"}, "description"),
            ({"metadata": {"note": "4242424242424242"}}, "metadata"),
            ({"status": "succeeded"}, "status"),
            ({"owner_id": "usr_1"}, "owner_id"),
            ({"payment_method_id": "x" * 65}, "payment_method_id"),
        ],
        ids=str,
    )
    def test_refuses(self, changes: dict[str, Any], param: str) -> None:
        with pytest.raises(ValidationError) as refused:
            Pay.model_validate({**self.GOOD, **changes})
        assert {fault["loc"][0] for fault in refused.value.errors()} == {param}


class TestRefund:
    def test_without_an_amount_means_all_that_remains(self) -> None:
        assert Refund.model_validate({}).amount is None

    @pytest.mark.parametrize("amount", [0, -1, 1.5, "1", True, 10**15 + 1])
    def test_refuses_an_amount_that_is_none(self, amount: object) -> None:
        with pytest.raises(ValidationError):
            Refund.model_validate({"amount": amount})
