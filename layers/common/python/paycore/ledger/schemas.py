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


class TransactionBody(BaseModel):
    """A movement of money."""

    object: Literal["transaction"]
    id: str
    created_at: str
    kind: MovementKind
    status: TransactionStatus
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
