"""Who is calling, as far as a function can know it without asking anybody. How it is found out: `paycore.session`."""

from dataclasses import dataclass

from paycore.errors import Forbidden, SecondFactorRequired, StepUpRequired, Unavailable
from paycore.permissions import ROLES, Permission


@dataclass(frozen=True, slots=True)
class Caller:
    """The person (or merchant) behind a request. `user_id` is the printed id and the principal of idempotency keys.

    `scopes`: what an API key is for; None for a person, who may do all that the roles permit. With a key `session_id`
    is the key's own id. `limits_are_exact` is false while Redis is down: what only an admin may do is then closed by
    our policy. `second_factor`: the session has shown one, however long ago; without, an admin is a user (decision 23).
    `stepped_up`: they have just shown it (decision 17); `signed_in_recently`: that, or their password. `kyc_verified`:
    an admin has verified who they are; without, the limits of the unverified hold, too.
    """

    user_id: str
    session_id: str
    roles: frozenset[str]
    limits_are_exact: bool = True
    second_factor: bool = False
    stepped_up: bool = False
    scopes: frozenset[str] | None = None
    signed_in_recently: bool = False
    kyc_verified: bool = False

    @property
    def key_id(self) -> str | None:
        """The API key that is used; None for a person."""
        return self.session_id if self.scopes is not None else None

    def require(self, permission: Permission) -> None:
        """Raises Forbidden unless the caller has `permission`, SecondFactorRequired where only the factor is missing.

        Raises Unavailable as `may` does.
        """
        if self.may(permission):
            return
        if self._is_in_scope(permission) and self._is_admins(permission):
            raise SecondFactorRequired
        raise Forbidden

    def require_step_up(self) -> None:
        """Raises StepUpRequired unless the caller has just shown a second factor."""
        if not self.stepped_up:
            raise StepUpRequired

    def require_recent_sign_in(self) -> None:
        """Raises StepUpRequired unless the caller has just signed in or shown a second factor."""
        if not self.signed_in_recently:
            raise StepUpRequired

    def may(self, permission: Permission) -> bool:
        """Whether a role of the caller gives `permission`, and an API key's scopes have it.

        Raises Unavailable for what an admin with the second factor may while limits are guesses.

        Ask for `..._any` where the caller's own rights end: so an admin's own wallet stays open to its owner.
        """
        if not self._is_in_scope(permission):
            return False
        if not self._is_admins(permission):
            return any(permission in given for role, given in ROLES.items() if role in self.roles)
        if self.second_factor and not self.limits_are_exact:
            raise Unavailable
        return self.second_factor

    def _is_in_scope(self, permission: Permission) -> bool:
        return self.scopes is None or permission in self.scopes

    def _is_admins(self, permission: Permission) -> bool:
        """Whether the caller's role of an admin, and no other, gives it."""
        return [role for role, given in ROLES.items() if role in self.roles and permission in given] == ["admin"]


def cache_key(session_id: str) -> str:
    """Where a session's state is cached."""
    return f"session:{session_id}"


def key_entry(digest: str) -> str:
    """Where an API key's state is cached."""
    return f"api_key:{digest}"
