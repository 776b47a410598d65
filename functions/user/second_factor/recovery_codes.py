"""Recovery codes: each opens the account once instead of the phone. Kept as HMACs."""

from collections.abc import Sequence

from functions.user import codes
from functions.user.keys import identity_ring
from functions.user.store import Connection, second_factors

COUNT = 10
_PURPOSE = "recovery-code"


def renew(connection: Connection, user_id: str) -> list[str]:
    """New codes in clear, shown this once; older ones do not work any more."""
    fresh = [codes.new_recovery_code() for _ in range(COUNT)]
    second_factors.put_codes(
        connection, user_id, [identity_ring().hmac(_PURPOSE, f"{user_id}|{code}") for code in fresh]
    )
    return fresh


def use(connection: Connection, user_id: str, code: str) -> bool:
    """Uses the code up; False where it is none of the person's."""
    return second_factors.use_code(connection, user_id, _kept_forms(user_id, code))


def _kept_forms(user_id: str, code: str) -> Sequence[str]:
    """Under every key of the ring: codes are older than the current one may be."""
    ring = identity_ring()
    return [ring.hmac(_PURPOSE, f"{user_id}|{code}", key_id) for key_id in ring.key_ids]
