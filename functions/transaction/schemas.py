"""Bodies of the transaction API. Amounts in minor units."""

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from paycore.fields import AmountMinor, Currency, ExternalId, FreeText, Metadata, StrictModel
from paycore.ledger.schemas import TransactionBody


class TransferRequest(StrictModel):
    """Money from one's own wallet to a wallet, or to the unnamed wallet behind an e-mail address."""

    source_wallet_id: str = Field(max_length=64)
    target_wallet_id: str | None = Field(default=None, max_length=64)
    target_email: str | None = Field(default=None, max_length=254)
    amount: AmountMinor
    currency: Currency
    description: FreeText | None = None
    external_id: ExternalId | None = None
    metadata: Metadata = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.target_wallet_id is None) == (self.target_email is None):
            raise PydanticCustomError("one_target", "Name a target_wallet_id or a target_email, not both.")
        return self


class TransactionList(BaseModel):
    """A page of transactions, newest first."""

    object: Literal["list"]
    data: list[TransactionBody]
    has_more: bool
    next_cursor: str | None
