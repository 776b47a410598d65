"""The field types of request bodies and queries: strict, bounded, and blind to card numbers."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from paycore.money import AMOUNT_MINOR_MAX, EXPONENTS


class StrictModel(BaseModel):
    """A request body: exact types, no unknown names, and no submitted value in an error."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


# A card number: 13-19 digits with up to three spaces, dots or strokes between two of them, nothing alphanumeric beside.
_DIGIT_RUN = re.compile(r"[0-9](?:[\s._\u2010-\u2015\u2212-]{0,3}[0-9]){12,}")
_CARD_DIGITS = range(13, 20)
# ISO/IEC 7812 prefixes of the card networks: Visa, Mastercard, Amex, Discover and UnionPay, JCB, Diners, Maestro.
_NETWORK = re.compile(r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01]|720)|3[47]|6|35|3[068]|50|5[6-8]")


def holds_card_number(text: str) -> bool:
    """Whether `text` holds what looks like a card number: digits of any script, Luhn-valid, of a known network."""
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))
    return any(
        _NETWORK.match(digits) and luhn_valid(digits)
        for run in _DIGIT_RUN.finditer(plain)
        for digits in _numbers_in(plain, *run.span())
    )


def _plain(character: str) -> str:
    """An ASCII digit for a decimal digit of any script; nothing for what nobody sees."""
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    return "" if unicodedata.category(character) == "Cf" else character


def _numbers_in(text: str, start: int, end: int) -> Iterator[str]:
    """The digits of each part of text[start:end] that is as long as a card number and has nothing beside it."""
    places = [place for place in range(start, end) if text[place].isdigit()]
    for first, place in enumerate(places):
        if place and text[place - 1].isalnum():
            continue
        for length in _CARD_DIGITS:
            if first + length > len(places):
                break
            after = places[first + length - 1] + 1
            if after == len(text) or not text[after].isalnum():
                yield "".join(text[each] for each in places[first : first + length])


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


_VERSION_MAX = 2**53 - 1  # every reader of JSON has it exactly, and bigint has room for it (RFC 7493, 2.2)
# Unicode TR 9: marks that turn the direction of the text around them, and of what a page shows beside it.
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_CONTROL_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})


def _no_control(text: str) -> str:
    if any(unicodedata.category(each) in _CONTROL_CATEGORIES or each in _BIDI_CONTROLS for each in text):
        raise PydanticCustomError("control_character", "Control characters are not allowed here.")
    return text


def _not_blank(text: str) -> str:
    if all(unicodedata.category(character)[0] in "ZC" for character in text):
        raise PydanticCustomError("blank", "This must not be blank.")
    return text


def in_utc(value: datetime) -> datetime:
    """The same instant: PostgreSQL reads no displacement beyond 16 hours. Raises ValueError beyond the last year."""
    try:
        return value.astimezone(UTC)
    except OverflowError as trouble:
        raise ValueError("out of range") from trouble


# RFC 3339, section 5.6, to the microsecond: pydantic alone would read days, seconds since 1970 and more spellings.
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _rfc_3339(value: object) -> object:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        raise PydanticCustomError("instant", "An instant as in RFC 3339, for example 2026-03-01T12:00:00Z.")
    return value


def digits_only(text: object) -> object:
    """`text`; raises ValueError for a text of a query that pydantic, but nobody else, would read as a whole number."""
    if isinstance(text, str) and not (text.isascii() and text.isdigit()):
        raise ValueError("digits only")  # such as "1.0" and "1_0"
    return text


def _known_currency(code: str) -> str:
    if code not in EXPONENTS:
        raise PydanticCustomError("unknown_currency", "Not an active ISO 4217 currency code.")
    return code


def _bounded_metadata(metadata: dict[str, str]) -> dict[str, str]:
    for name, value in metadata.items():
        _no_card_number(name)
        _no_card_number(value)
    return metadata


AmountMinor = Annotated[int, Field(gt=0, le=AMOUNT_MINOR_MAX, description="Minor units of the currency")]
Currency = Annotated[str, AfterValidator(_known_currency), Field(examples=["EUR"])]
FreeText = Annotated[
    str,
    Field(min_length=1, max_length=500),
    AfterValidator(_no_control),
    AfterValidator(_not_blank),
    AfterValidator(_no_card_number),
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=100),
    AfterValidator(_no_control),
    AfterValidator(_not_blank),
    AfterValidator(_no_card_number),
]
ExternalId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        description="Unique for ever: among the payer's own, and that of funds among those of the wallet's owner",
    ),
    AfterValidator(_no_control),
    AfterValidator(_not_blank),
]
ExpectedVersion = Annotated[
    int,
    Field(ge=1, le=_VERSION_MAX, description="Refused with 409 if the (source) wallet has another version"),
]
Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_rfc_3339), AfterValidator(in_utc)]
METADATA_NAME = r"[A-Za-z0-9_.-]{1,40}"
Metadata = Annotated[
    dict[
        Annotated[str, Field(min_length=1, max_length=40, pattern=rf"^{METADATA_NAME}$")],
        Annotated[str, Field(max_length=500)],
    ],
    Field(max_length=50),
    AfterValidator(_bounded_metadata),
]
