"""The field types of request bodies: strict, bounded, and blind to card numbers."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from paycore.money import AMOUNT_MINOR_MAX, EXPONENTS


class StrictModel(BaseModel):
    """A request body: exact types, no unknown names, and no submitted value in an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


# api.md, "Card numbers": 13-19 digits, single spaces or hyphens between them, nothing alphanumeric beside.
_DIGIT_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
# ISO/IEC 7812 prefixes of the card networks: Visa, Mastercard, Amex, Discover and UnionPay, JCB, Diners, Maestro.
_NETWORK = re.compile(r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01]|720)|3[47]|6|35|3[068]|50|5[6-8]")


def holds_card_number(text: str) -> bool:
    """Whether `text` holds what looks like a card number: digits, Luhn-valid, of a known network."""
    for run in _DIGIT_RUN.finditer(text):
        digits = re.sub(r"[ -]", "", run.group())
        if _NETWORK.match(digits) and luhn_valid(digits):
            return True
    return False


def luhn_valid(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _no_card_number(text: str) -> str:
    if holds_card_number(text):
        raise PydanticCustomError("card_number", "A card number must not stand here.")
    return text


def _no_control(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise PydanticCustomError("control_character", "Control characters are not allowed here.")
    return text


def _known_currency(code: str) -> str:
    if code not in EXPONENTS:
        raise PydanticCustomError("unknown_currency", "Not an active ISO 4217 currency code.")
    return code


def _bounded_metadata(metadata: dict[str, str]) -> dict[str, str]:
    for value in metadata.values():
        _no_card_number(value)
    return metadata


AmountMinor = Annotated[int, Field(gt=0, le=AMOUNT_MINOR_MAX, description="Minor units of the currency")]
Currency = Annotated[str, AfterValidator(_known_currency), Field(examples=["EUR"])]
FreeText = Annotated[
    str, Field(min_length=1, max_length=500), AfterValidator(_no_control), AfterValidator(_no_card_number)
]
Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_no_control), AfterValidator(_no_card_number)]
ExternalId = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_no_control)]
Metadata = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")],
        Annotated[str, Field(max_length=500)],
    ],
    Field(max_length=50),
    AfterValidator(_bounded_metadata),
]
