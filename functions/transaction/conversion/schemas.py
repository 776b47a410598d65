"""Bodies of currency conversion. Amounts in minor units, rates as decimal text."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.transaction.schemas import Spend
from paycore.fields import AmountMinor, Currency, FreeText, StrictModel


def _decimal(text: str) -> str:
    whole, _, fraction = text.partition(".")
    if not (text.isascii() and whole.isdigit() and (fraction.isdigit() or "." not in text)):
        raise PydanticCustomError("decimal", "A decimal number in digits, for example 1.0842.")
    if len(whole) > 12 or len(fraction) > 12 or not text.strip("0."):
        raise PydanticCustomError("decimal_range", "More than nothing, at most 12 digits on each side of the point.")
    return text


class RateRequest(StrictModel):
    """`rate`: units of the target for one unit of the source, as a decimal text; `reason`: why, for the audit log."""

    source_currency: Currency
    target_currency: Currency
    rate: Annotated[str, Field(max_length=25), AfterValidator(_decimal)]
    reason: FreeText

    @model_validator(mode="after")
    def _two_currencies(self) -> Self:
        if self.source_currency == self.target_currency:
            raise PydanticCustomError("same_currency", "The currencies are the same.")
        return self


class QuoteRequest(StrictModel):
    """`amount` in minor units of the source."""

    source_currency: Currency
    target_currency: Currency
    amount: AmountMinor

    @model_validator(mode="after")
    def _two_currencies(self) -> Self:
        if self.source_currency == self.target_currency:
            raise PydanticCustomError("same_currency", "The currencies are the same.")
        return self


class ConvertRequest(Spend):
    """Uses a quote up, between two of one's own wallets."""

    quote_id: str = Field(max_length=64)
    target_wallet_id: str = Field(max_length=64)


class ExchangeRateBody(BaseModel):
    """A rate as it was loaded."""

    object: Literal["exchange_rate"]
    id: str
    created_at: str
    source_currency: str
    target_currency: str
    rate: str


class QuoteBody(BaseModel):
    """Amounts in minor units of their currencies; `residue`: what rounding left, in minor units of the target."""

    object: Literal["quote"]
    id: str
    created_at: str
    rate: str
    rate_id: str
    source_currency: str
    target_currency: str
    source_amount: int
    target_amount: int
    residue: str
    expires_at: str
