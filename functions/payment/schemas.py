"""Bodies of the payment API. Amounts in minor units."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from paycore import clock
from paycore.fields import (
    AmountMinor,
    Currency,
    FreeText,
    Metadata,
    StrictModel,
    holds_card_number,
)

# No card is issued for longer; a year beyond it is a slip of the keyboard.
_CARD_YEARS_MAX = 20

PaymentStatus = Literal["processing", "succeeded", "partially_refunded", "refunded", "failed", "requires_review"]
RefundStatus = Literal["processing", "succeeded", "failed", "requires_review"]


def _card_number(number: SecretStr) -> SecretStr:
    text = number.get_secret_value()
    if not (text.isascii() and text.isdigit() and holds_card_number(text)):
        raise PydanticCustomError("invalid_card_number", "Not the number of a card of a known network.")
    return number


def _security_code(code: SecretStr) -> SecretStr:
    text = code.get_secret_value()
    if not (text.isascii() and text.isdigit() and len(text) in (3, 4)):
        raise PydanticCustomError("invalid_security_code", "A security code has three or four digits.")
    return code


class Card(StrictModel):
    """A card on its way to the processor: number and code never show in a repr, a log or an error."""

    number: Annotated[SecretStr, AfterValidator(_card_number)]
    exp_month: int = Field(ge=1, le=12)
    exp_year: int
    cvc: Annotated[SecretStr, AfterValidator(_security_code)]

    @field_validator("exp_year")
    @classmethod
    def _still_valid(cls, year: int, info: ValidationInfo) -> int:
        today = clock.now()
        if not today.year <= year <= today.year + _CARD_YEARS_MAX:
            raise PydanticCustomError("card_expired", "The year is past, or farther ahead than cards go.")
        if year == today.year and info.data.get("exp_month", 12) < today.month:
            raise PydanticCustomError("card_expired", "The card is past its last month.")
        return year


class SaveMethod(StrictModel):
    """A card to keep for later payments."""

    type: Literal["card"]
    card: Card


class Pay(StrictModel):
    """Charges a saved card and credits one's own wallet."""

    amount: AmountMinor
    currency: Currency
    payment_method_id: str = Field(max_length=64)
    wallet_id: str = Field(max_length=64)
    capture_method: Literal["automatic"] = "automatic"
    description: FreeText | None = None
    metadata: Metadata = Field(default_factory=dict)


class Refund(StrictModel):
    """Money back to the card: an amount, or all that remains."""

    amount: AmountMinor | None = None
    reason: FreeText | None = None


class CardBody(BaseModel):
    """What may be shown of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


class MethodBody(BaseModel):
    """A saved payment method."""

    object: Literal["payment_method"]
    id: str
    created_at: str
    type: Literal["card"]
    card: CardBody


class FailureBody(BaseModel):
    """Why a payment or a refund failed, in the processor's word."""

    decline_code: str


class PaymentBody(BaseModel):
    """A payment. `transaction_id` is the movement that credited the wallet."""

    object: Literal["payment"]
    id: str
    created_at: str
    updated_at: str
    status: PaymentStatus
    amount: int
    amount_captured: int
    amount_refunded: int
    currency: str
    wallet_id: str
    payment_method_id: str
    capture_method: Literal["automatic"]
    capture_before: str | None
    description: str | None
    metadata: dict[str, str]
    failure: FailureBody | None
    transaction_id: str | None


class RefundBody(BaseModel):
    """A refund. `transaction_id` is the movement that took the money out of the wallet."""

    object: Literal["refund"]
    id: str
    created_at: str
    updated_at: str
    payment_id: str
    wallet_id: str
    amount: int
    currency: str
    reason: str | None
    status: RefundStatus
    failure: FailureBody | None
    transaction_id: str


class MethodList(BaseModel):
    """A page of payment methods, newest first."""

    object: Literal["list"]
    data: list[MethodBody]
    has_more: bool
    next_cursor: str | None


class PaymentList(BaseModel):
    """A page of payments, newest first."""

    object: Literal["list"]
    data: list[PaymentBody]
    has_more: bool
    next_cursor: str | None


class RefundList(BaseModel):
    """A page of refunds, newest first."""

    object: Literal["list"]
    data: list[RefundBody]
    has_more: bool
    next_cursor: str | None
