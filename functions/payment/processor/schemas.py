"""Bodies of the processor's API. Amounts in minor units."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from paycore.fields import AmountMinor, Currency, StrictModel

Id = Annotated[str, Field(pattern=r"^[a-z]{2,3}_[0-9a-f]{24}$")]
Decision = Literal["approved", "declined"]


class TokenRequest(StrictModel):
    """A card; the number and the security code are used here and forgotten."""

    number: SecretStr = Field(min_length=13, max_length=19)
    exp_month: int = Field(ge=1, le=12)
    exp_year: int = Field(ge=2000, le=2200)
    cvc: SecretStr = Field(min_length=3, max_length=4)


class TokenBody(BaseModel):
    """What stands for a card from now on."""

    token: str
    brand: str
    last4: str


class ChargeRequest(StrictModel):
    """Takes an amount from the card behind a token."""

    token: Id
    amount: AmountMinor
    currency: Currency


class RefundRequest(StrictModel):
    """Gives an amount of a charge back."""

    charge_id: Id
    amount: AmountMinor
    currency: Currency


class DecisionBody(BaseModel):
    """What became of a charge or a refund."""

    id: str
    idempotency_key: str
    status: Decision
    amount: int
    currency: str
    decline_code: str | None
