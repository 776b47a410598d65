"""The body of a statement. Amounts in minor units."""

from typing import Literal

from pydantic import BaseModel, Field

from functions.wallet.schemas import EntryBody


class StatementBody(BaseModel):
    """Opening plus rows is closing; `balance_after` of a row is the balance that it left.

    `sha256` is that of the other members, the rows without `external_id`, as JSON in UTF-8 with sorted keys and no
    white space. It is the same for whoever reads the statement; each page of the PDF shows it.
    """

    object: Literal["statement"]
    wallet_id: str
    currency: str
    from_at: str = Field(alias="from")
    to: str
    opening: int
    closing: int
    total_in: int
    total_out: int
    rows: list[EntryBody]
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
