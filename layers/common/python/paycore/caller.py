"""Who is calling, as far as a function can know it without asking anybody. How it is found out: `paycore.session`."""

from dataclasses import dataclass
from typing import Literal

from paycore.errors import Forbidden, Unavailable

Role = Literal["user", "merchant", "admin"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person (or merchant) behind a request. `user_id` is the printed id and the principal of idempotency keys.

    `limits_are_exact` is false while Redis is down: the rights of admins are then closed by our policy.
    """

    user_id: str
    session_id: str
    roles: frozenset[str]
    limits_are_exact: bool = True

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the caller has `role`, and Unavailable for an admin while limits are guesses."""
        if role not in self.roles:
            raise Forbidden
        if role == "admin":
            self._open_to_admins()

    @property
    def is_admin(self) -> bool:
        """Whether the caller may see and do what belongs to others; raises Unavailable as `require` does.

        Asked only where the caller's own rights end: so an admin's own wallet stays open to its owner.
        """
        if "admin" not in self.roles:
            return False
        self._open_to_admins()
        return True

    def _open_to_admins(self) -> None:
        if not self.limits_are_exact:
            raise Unavailable


def cache_key(session_id: str) -> str:
    """Where a session's state is cached."""
    return f"session:{session_id}"
