"""What accounts in a list must have."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class UserFilters:
    """What accounts must have; None: anything. The address is in its normal form."""

    email: str | None
    role: str | None
    status: str | None
    kyc_status: str | None

    def scope(self) -> dict[str, Any]:
        """What a cursor is bound to."""
        return asdict(self)
