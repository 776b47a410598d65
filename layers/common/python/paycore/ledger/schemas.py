"""The transaction object in the OpenAPI document."""

from typing import Literal

from pydantic import BaseModel

from paycore.ledger.commands import MovementKind, TransactionStatus


class LegBody(BaseModel):
    """One wallet's side; amounts in minor units, `amount` signed."""

    wallet_id: str
    amount: int
    balance_after: int | None
    wallet_version: int | None


class SplitBody(BaseModel):
    """What one of several targets got, or (in a reversal) gave back, in minor units."""

    target_wallet_id: str | None = None
    source_wallet_id: str | None = None
    amount: int


class ConversionBody(BaseModel):
    """A change of currency. `rate`: target units for one source unit; `residue`: in minor units of the target."""

    quote_id: str
    rate_id: str
    rate: str
    source_amount: int
    source_currency: str
    target_amount: int
    target_currency: str
    rounding: Literal["half_even"]
    residue: str


class TransactionBody(BaseModel):
    """A movement of money. Of the last fields each stands only where its kind has it."""

    object: Literal["transaction"]
    id: str
    created_at: str
    kind: MovementKind
    status: TransactionStatus
    version: int
    amount: int
    currency: str
    source_wallet_id: str | None
    target_wallet_id: str | None
    description: str | None
    external_id: str | None
    legs: list[LegBody]
    metadata: dict[str, str]
    failure_code: str | None
    completed_at: str | None
    captures: str | None = None
    voids: str | None = None
    reverses: str | None = None
    expires_at: str | None = None
    splits: list[SplitBody] | None = None
    conversion: ConversionBody | None = None
    dry_run: bool | None = None
