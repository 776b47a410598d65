"""Bodies of the wallet API. Amounts in minor units."""

from typing import Literal

from pydantic import BaseModel, Field

from paycore.fields import AmountMinor, Currency, ExpectedVersion, ExternalId, FreeText, Metadata, Name, StrictModel
from paycore.money import AMOUNT_MINOR_MAX

WalletState = Literal["active", "debit_frozen", "credit_frozen", "frozen", "closed"]


class OpenWallet(StrictModel):
    """One unnamed wallet per person and currency; further ones have a name."""

    currency: Currency
    name: Name | None = None
    metadata: Metadata = Field(default_factory=dict)


class ChangeFunds(StrictModel):
    """Money from or to a system account, with the reason that the audit log keeps."""

    amount: AmountMinor
    currency: Currency
    reason: FreeText
    external_id: ExternalId | None = None


class DeactivateWallet(StrictModel):
    """Closes a wallet. `sweep_to`: the wallet of the same owner and currency that gets what is left; needs a key."""

    sweep_to: str | None = Field(default=None, max_length=64)
    reason: FreeText | None = None
    expected_version: ExpectedVersion | None = None


class ExplainedChange(StrictModel):
    """A change by an admin, with the reason that the audit log keeps."""

    reason: FreeText
    expected_version: ExpectedVersion | None = None


class FreezeWallet(ExplainedChange):
    """Stops money out of the wallet (`debit`), into it (`credit`), or both."""

    direction: Literal["debit", "credit", "both"]


class SetCreditLimit(ExplainedChange):
    """How far the wallet may go below nothing."""

    credit_limit: int = Field(ge=0, le=AMOUNT_MINOR_MAX, description="Minor units of the wallet's currency")


class StripeWallet(ExplainedChange):
    """Spreads a wallet that many pay at once over several balance rows; never over fewer than it has."""

    stripes: int = Field(ge=2, le=64)


class RenameWallet(StrictModel):
    """`name` null makes it the unnamed wallet of its currency."""

    name: Name | None
    expected_version: ExpectedVersion | None = None


class BalanceBody(BaseModel):
    """`available` is posted minus outgoing holds plus the credit limit."""

    posted: int
    pending_in: int
    pending_out: int
    available: int


class WalletBody(BaseModel):
    """A wallet."""

    object: Literal["wallet"]
    id: str
    owner_id: str
    currency: str
    name: str | None
    state: WalletState
    balance: BalanceBody
    credit_limit: int
    version: int
    metadata: dict[str, str]
    created_at: str
    updated_at: str


class WalletBalanceBody(BalanceBody):
    """The balance alone, always from the database: all that was committed until `as_of`, by the database's clock.

    A movement that was still on its way then may show an earlier `posted_at`; what is 5 s old, `at` tells for good.
    """

    object: Literal["balance"]
    wallet_id: str
    currency: str
    version: int
    as_of: str


class PastBalanceBody(BaseModel):
    """What was posted at an instant of the past."""

    object: Literal["balance"]
    wallet_id: str
    currency: str
    posted: int
    as_of: str


class EntryBody(BaseModel):
    """One line of a wallet's book. Where the wallet has stripes, none of them tells a balance or a version."""

    object: Literal["entry"]
    id: str
    transaction_id: str
    kind: str
    amount: int
    currency: str
    balance_after: int | None
    version: int | None
    description: str | None
    external_id: str | None
    created_at: str
    posted_at: str


class WalletList(BaseModel):
    """A page of wallets, newest first."""

    object: Literal["list"]
    data: list[WalletBody]
    has_more: bool
    next_cursor: str | None


class EntryList(BaseModel):
    """A page of entries, newest first."""

    object: Literal["list"]
    data: list[EntryBody]
    has_more: bool
    next_cursor: str | None
