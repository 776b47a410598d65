"""Bodies of the transaction API. Amounts in minor units."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.transaction.split import split_amount
from paycore.email_address import EmailAddress
from paycore.fields import AmountMinor, Currency, ExpectedVersion, ExternalId, FreeText, Metadata, StrictModel
from paycore.ledger.commands import HOLD_LIFE_MAX_S, HOLD_LIFE_S
from paycore.ledger.conditions import BalanceCondition, BalanceKind, ConditionOp
from paycore.ledger.schemas import TransactionBody
from paycore.money import AMOUNT_MINOR_MAX

SPLITS_MAX = 100
BULK_ITEMS_MAX = 1000
CONDITIONS_MAX = 4  # at least and at most, of either kind


class SplitRequest(StrictModel):
    """What one of several targets gets: `amount` itself, or a share by `weight` (percent, basis points, anything)."""

    target_wallet_id: str = Field(max_length=64)
    amount: AmountMinor | None = None
    weight: Annotated[int, Field(gt=0, le=1_000_000)] | None = None


class ConditionRequest(StrictModel):
    """What the paying wallet must have after the movement: `kind` of balance `at_least`, or `at_most`, `value`."""

    kind: BalanceKind
    op: ConditionOp
    value: int = Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX, description="Minor units of the wallet's currency")


class Spend(StrictModel):
    """What all bodies share that give money away from one's own wallet. All `conditions` hold, or nothing moves."""

    source_wallet_id: str = Field(max_length=64)
    description: FreeText | None = None
    metadata: Metadata = Field(default_factory=dict)
    expected_version: ExpectedVersion | None = None
    conditions: Annotated[list[ConditionRequest], Field(min_length=1, max_length=CONDITIONS_MAX)] | None = None

    def terms(self) -> dict[str, Any]:
        """These fields as a Spending command has them."""
        return {
            "description": self.description,
            "metadata": self.metadata,
            "expected_version": self.expected_version,
            "conditions": tuple(BalanceCondition(**dict(each)) for each in self.conditions or ()),
        }


class TransferRequest(Spend):
    """Money from one's own wallet to a wallet, to the unnamed wallet behind an e-mail address, or to several."""

    target_wallet_id: str | None = Field(default=None, max_length=64)
    target_email: EmailAddress | None = None
    splits: Annotated[list[SplitRequest], Field(min_length=2, max_length=SPLITS_MAX)] | None = None
    amount: AmountMinor
    currency: Currency
    external_id: ExternalId | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if [self.target_wallet_id, self.target_email, self.splits].count(None) != 2:
            raise PydanticCustomError("one_target", "Name one of target_wallet_id, target_email and splits.")
        return self

    @model_validator(mode="after")
    def _exact_splits(self) -> Self:
        if self.splits is None:
            return self
        amounts = [split.amount for split in self.splits if split.amount is not None]
        weights = [split.weight for split in self.splits if split.weight is not None]
        if len(amounts) + len(weights) != len(self.splits) or (amounts and weights):
            raise PydanticCustomError("split_kind", "Each split has an amount, or each has a weight.")
        if amounts and sum(amounts) != self.amount:
            raise PydanticCustomError("split_sum", "The amounts of the splits do not sum to the amount.")
        if weights and 0 in split_amount(self.amount, weights):
            raise PydanticCustomError("split_empty", "The amount is too small for so many splits.")
        if len({split.target_wallet_id for split in self.splits}) != len(self.splits):
            raise PydanticCustomError("split_twice", "A wallet stands in the splits twice.")
        return self


class HoldRequest(Spend):
    """Money that is reserved for a wallet for `expires_in` seconds (7 days unless given, at most 30)."""

    target_wallet_id: str = Field(max_length=64)
    amount: AmountMinor
    currency: Currency
    expires_in: int = Field(default=HOLD_LIFE_S, ge=1, le=HOLD_LIFE_MAX_S)
    external_id: ExternalId | None = None


class CaptureRequest(StrictModel):
    """`amount` left out: what remains. Unless `final` is false, the rest of the hold is released."""

    amount: AmountMinor | None = None
    final: bool = True


class VoidRequest(StrictModel):
    """Nothing to say."""


class ReverseRequest(StrictModel):
    """`amount` left out: what remains."""

    amount: AmountMinor | None = None
    reason: FreeText


class BulkRequest(StrictModel):
    """Transfers together: `atomic`, all or none; `independent`, each stands or falls by itself."""

    mode: Literal["atomic", "independent"]
    items: Annotated[list[TransferRequest], Field(min_length=1, max_length=BULK_ITEMS_MAX)]

    @model_validator(mode="after")
    def _references_once(self) -> Self:
        references = [item.external_id for item in self.items if item.external_id is not None]
        if len(set(references)) != len(references):
            raise PydanticCustomError("reference_twice", "An external_id stands in the items twice.")
        return self


class TransactionList(BaseModel):
    """A page of transactions, newest first."""

    object: Literal["list"]
    data: list[TransactionBody]
    has_more: bool
    next_cursor: str | None


class BulkItemBody(BaseModel):
    """What became of one item: the transaction, or the refusal as an error body."""

    status: Literal["completed", "failed"]
    transaction: TransactionBody | None = None
    error: dict[str, object] | None = None


class BulkBody(BaseModel):
    """What became of the items, in their order."""

    object: Literal["bulk"]
    mode: Literal["atomic", "independent"]
    data: list[BulkItemBody]
    dry_run: bool | None = None
