"""The documented test cards of the simulated processor."""

import pytest

from functions.payment.processor.test_cards import BEHAVIOURS, TEST_CARDS, behaviour_of, brand_of
from paycore.fields import holds_card_number


class TestTestCards:
    @pytest.mark.parametrize("number", TEST_CARDS)
    def test_would_pass_as_cards_and_have_a_behaviour(self, number: str) -> None:
        assert holds_card_number(number)
        assert TEST_CARDS[number] in BEHAVIOURS

    @pytest.mark.parametrize(
        ("number", "decline_code", "fault"),
        [
            ("4242424242424242", None, "none"),
            ("4000000000000002", "card_declined", "none"),
            ("4000000000009995", "insufficient_funds_at_issuer", "none"),
            ("4000000000000119", None, "slow"),
            ("4012888888881881", "test_card_unknown", "none"),
        ],
    )
    def test_do_what_the_api_promises(self, number: str, decline_code: str | None, fault: str) -> None:
        behaviour = BEHAVIOURS[behaviour_of(number)]
        assert (behaviour.charge_decline, behaviour.charge_fault) == (decline_code, fault)

    @pytest.mark.parametrize(
        ("number", "brand"),
        [
            ("4242424242424242", "visa"),
            ("5555555555554444", "mastercard"),
            ("2223003122003222", "mastercard"),
            ("378282246310005", "amex"),
            ("6011111111111117", "discover"),
            ("6200000000000005", "unionpay"),
            ("3566002020360505", "jcb"),
            ("3056930009020004", "diners"),
            ("5018000000000009", "maestro"),
        ],
    )
    def test_are_of_the_network_of_their_first_digits(self, number: str, brand: str) -> None:
        assert brand_of(number) == brand
