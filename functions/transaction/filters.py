"""What a history is narrowed to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filters:
    """What a history is narrowed to; None does not narrow. Instants as RFC 3339 text, amounts in minor units."""

    wallet_id: str | None = None
    direction: str | None = None  # out or in: of that wallet, or of the viewer
    kind: str | None = None
    status: str | None = None
    currency: str | None = None
    external_id: str | None = None
    amount_gte: int | None = None
    amount_lte: int | None = None
    created_gte: str | None = None
    created_lt: str | None = None
    metadata: dict[str, str] | None = None  # names and values that must be there
