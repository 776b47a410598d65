"""The documented test cards: each number has one behaviour, and a number that is not listed is declined."""

from dataclasses import dataclass
from typing import Literal

Fault = Literal["none", "slow", "lost", "wrong_amount", "broken"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What happens to charges and refunds of a card. A decline code declines; a fault disturbs the answer.

    `slow`: done, but answered after the client's time-out. `lost`: the first request is slow and never done.
    `wrong_amount`: done, but the answer tells another amount. `broken`: done, but the answer is a 500.
    """

    charge_decline: str | None = None
    charge_fault: Fault = "none"
    refund_decline: str | None = None
    refund_fault: Fault = "none"


APPROVE = "approve"
UNKNOWN = "unknown"

BEHAVIOURS = {
    APPROVE: Behaviour(),
    "decline": Behaviour(charge_decline="card_declined"),
    "decline_funds": Behaviour(charge_decline="insufficient_funds_at_issuer"),
    "charge_slow": Behaviour(charge_fault="slow"),
    "charge_lost": Behaviour(charge_fault="lost"),
    "charge_broken": Behaviour(charge_fault="broken"),
    "charge_wrong_amount": Behaviour(charge_fault="wrong_amount"),
    "refund_decline": Behaviour(refund_decline="refund_refused_by_issuer"),
    "refund_slow": Behaviour(refund_fault="slow"),
    "refund_lost": Behaviour(refund_fault="lost"),
    UNKNOWN: Behaviour(charge_decline="test_card_unknown"),
}

TEST_CARDS = {
    "4242424242424242": APPROVE,
    "5555555555554444": APPROVE,
    "378282246310005": APPROVE,
    "4000000000000002": "decline",
    "4000000000009995": "decline_funds",
    "4000000000000119": "charge_slow",
    "4000000000000127": "charge_lost",
    "4000000000000259": "charge_broken",
    "4000000000000341": "charge_wrong_amount",
    "4000000000005126": "refund_decline",
    "4000000000003055": "refund_slow",
    "4000000000003063": "refund_lost",
}

_BRANDS = (
    ("visa", ("4",)),
    ("mastercard", ("51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27")),
    ("amex", ("34", "37")),
    ("discover", ("6011", "65", "644", "645", "646", "647", "648", "649")),
    ("unionpay", ("62",)),
    ("jcb", ("35",)),
    ("diners", ("36", "38", "39", "300", "301", "302", "303", "304", "305")),
)


def behaviour_of(number: str) -> str:
    """The name of the behaviour of a card number."""
    return TEST_CARDS.get(number, UNKNOWN)


def brand_of(number: str) -> str:
    """The card network by the first digits (ISO/IEC 7812); "maestro" takes the rest."""
    for brand, prefixes in _BRANDS:
        if number.startswith(prefixes):
            return brand
    return "maestro"
