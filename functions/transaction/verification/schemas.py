"""The result of a verification as the API shows it."""

from typing import Literal

from pydantic import BaseModel


class ViolationBody(BaseModel):
    """One broken invariant: of a balance row, of a transaction, or (both null) of the whole ledger."""

    invariant: str
    account_id: str | None
    stripe: int | None
    transaction_id: str | None
    expected: str | None
    found: str | None


class LedgerVerificationBody(BaseModel):
    """`whole`: everything was verified, or what was new; `entries` and `wallets` count what was looked at."""

    object: Literal["ledger_verification"]
    id: str
    created_at: str
    checked_at: str
    status: Literal["pass", "fail"]
    whole: bool
    entries: int
    wallets: int
    violations: list[ViolationBody]
