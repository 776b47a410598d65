"""Second factors with their recovery codes, and the sign-ins that wait for one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from functions.user.store import Record

_PUT_PENDING = text(
    """
    INSERT INTO identity.second_factor AS known (user_id, sealed_seed) VALUES (:user_id, :sealed_seed)
    ON CONFLICT (user_id) DO UPDATE SET sealed_seed = excluded.sealed_seed, created_at = clock_timestamp()
     WHERE known.activated_at IS NULL
    RETURNING user_id
    """
)
# A reset that nobody came for in a week is void: what opens an account without its factor must not lie in wait.
_RESET_WAITS = "reset_at > clock_timestamp() - interval '7 days'"
RESET_IS_DUE = f"({_RESET_WAITS} AND reset_at <= clock_timestamp())"
_COLUMNS = f"""user_id, sealed_seed, last_step, activated_at, reset_by, reset_reason,
    CASE WHEN {_RESET_WAITS} THEN reset_at END AS reset_at, {RESET_IS_DUE} AS reset_is_due"""
_ROW = f"SELECT {_COLUMNS} FROM identity.second_factor WHERE user_id = :user_id"  # noqa: S608  # a constant
_FIND = text(_ROW)
_LOCK = text(f"{_ROW} FOR NO KEY UPDATE")
_FIND_ACTIVE = text(
    f"SELECT activated_at, CASE WHEN {_RESET_WAITS} THEN reset_at END AS reset_at, "  # noqa: S608  # a constant
    "       (SELECT count(*) FROM identity.recovery_code c WHERE c.user_id = f.user_id) AS codes "
    "  FROM identity.second_factor f WHERE user_id = :user_id AND activated_at IS NOT NULL"
)
_ACTIVATE = text(
    "UPDATE identity.second_factor SET activated_at = clock_timestamp(), last_step = :step WHERE user_id = :user_id"
)
_USE_STEP = text(
    "UPDATE identity.second_factor SET last_step = :step, sealed_seed = :sealed_seed WHERE user_id = :user_id"
)
_ASK_RESET = text(
    """
    UPDATE identity.second_factor
       SET reset_at = clock_timestamp() + make_interval(hours => :wait_hours), reset_by = :admin_id,
           reset_reason = :reason
     WHERE user_id = :user_id RETURNING reset_at
    """
)
_STOP_RESET = text(
    "UPDATE identity.second_factor SET reset_at = NULL, reset_by = NULL, reset_reason = NULL "  # noqa: S608  # a constant
    f"WHERE user_id = :user_id AND {_RESET_WAITS}"
)
_FORGET_SHOWN = text(
    "UPDATE identity.session SET amr = array_remove(amr, 'otp'), stepped_up_at = NULL "
    "WHERE user_id = :user_id AND ended_at IS NULL AND 'otp' = ANY(amr)"
)
_REMOVE = text("DELETE FROM identity.second_factor WHERE user_id = :user_id AND activated_at IS NOT NULL")
_ADD_CODES = text(
    "INSERT INTO identity.recovery_code (user_id, code_hmac) SELECT :user_id, unnest(CAST(:hmacs AS text[]))"
)
_FORGET_CODES = text("DELETE FROM identity.recovery_code WHERE user_id = :user_id")
_USE_CODE = text(
    "DELETE FROM identity.recovery_code WHERE user_id = :user_id AND code_hmac = ANY(CAST(:hmacs AS text[]))"
)


def put_pending(connection: Connection, user_id: str, sealed_seed: str) -> bool:
    """Keeps the seed of a factor that waits for its first code, in place of an earlier such; False if one is active."""
    facts = {"user_id": user_id, "sealed_seed": sealed_seed}
    return connection.execute(_PUT_PENDING, facts).one_or_none() is not None


def find(connection: Connection, user_id: str) -> Record | None:
    """The person's factor, pending or active."""
    return connection.execute(_FIND, {"user_id": user_id}).one_or_none()


def lock(connection: Connection, user_id: str) -> Record | None:
    """The same, locked until the commit: its codes are used one at a time."""
    return connection.execute(_LOCK, {"user_id": user_id}).one_or_none()


def find_active(connection: Connection, user_id: str) -> Record | None:
    """Since when there is one, whether a reset waits, and how many recovery codes are left."""
    return connection.execute(_FIND_ACTIVE, {"user_id": user_id}).one_or_none()


def activate(connection: Connection, user_id: str, step: int) -> None:
    """The pending factor works from now on; the step of its first code is used."""
    connection.execute(_ACTIVATE, {"user_id": user_id, "step": step})


def use_step(connection: Connection, user_id: str, step: int, sealed_seed: str) -> None:
    """No code of this step or an earlier one works again; the seed as it is sealed now."""
    connection.execute(_USE_STEP, {"user_id": user_id, "step": step, "sealed_seed": sealed_seed})


def ask_reset(connection: Connection, user_id: str, *, admin_id: str, reason: str, wait_hours: int) -> datetime:
    """The factor goes after so many hours; answers when."""
    facts = {"user_id": user_id, "admin_id": admin_id, "reason": reason, "wait_hours": wait_hours}
    reset_at: datetime = connection.execute(_ASK_RESET, facts).scalar_one()
    return reset_at


def stop_reset(connection: Connection, user_id: str) -> bool:
    """The factor stays; False where no reset waited."""
    return connection.execute(_STOP_RESET, {"user_id": user_id}).rowcount > 0


def remove(connection: Connection, user_id: str) -> bool:
    """The factor and its recovery codes are gone, and no session has shown it; False where none was active."""
    connection.execute(_FORGET_SHOWN, {"user_id": user_id})
    return connection.execute(_REMOVE, {"user_id": user_id}).rowcount > 0


def put_codes(connection: Connection, user_id: str, hmacs: Sequence[str]) -> None:
    """These recovery codes, and no older ones."""
    connection.execute(_FORGET_CODES, {"user_id": user_id})
    connection.execute(_ADD_CODES, {"user_id": user_id, "hmacs": list(hmacs)})


def use_code(connection: Connection, user_id: str, hmacs: Sequence[str]) -> bool:
    """Uses a recovery code up, named by its HMAC under each key that may have made it; False where there is none."""
    return connection.execute(_USE_CODE, {"user_id": user_id, "hmacs": list(hmacs)}).rowcount > 0
