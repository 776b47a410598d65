"""Sign-ins whose password was right and whose second factor is awaited. They change under the lock of the account."""

from sqlalchemy import Connection, text

from functions.user.store import Record

_INSERT = text(
    "INSERT INTO identity.mfa_challenge (digest, user_id, device, sealed_device_token, owner_told, expires_at) "
    "VALUES (:digest, :user_id, :device, :sealed_device_token, :owner_told, "
    "        clock_timestamp() + make_interval(secs => :life_s))"
)
_FIND = text(
    "SELECT user_id, device, sealed_device_token, owner_told FROM identity.mfa_challenge "
    "WHERE digest = :digest AND expires_at > clock_timestamp()"
)
_REMOVE = text("DELETE FROM identity.mfa_challenge WHERE digest = :digest")
_FORGET = text("DELETE FROM identity.mfa_challenge WHERE user_id = :user_id")
_FORGET_OLD = text("DELETE FROM identity.mfa_challenge WHERE user_id = :user_id AND expires_at <= clock_timestamp()")


def insert(
    connection: Connection,
    *,
    digest: bytes,
    user_id: str,
    device: str | None,
    sealed_device_token: str | None,
    owner_told: bool,
    life_s: int,
) -> None:
    """Keeps one and forgets the person's old ones."""
    connection.execute(_FORGET_OLD, {"user_id": user_id})
    facts = {
        "digest": digest,
        "user_id": user_id,
        "device": device,
        "sealed_device_token": sealed_device_token,
        "owner_told": owner_told,
        "life_s": life_s,
    }
    connection.execute(_INSERT, facts)


def find(connection: Connection, digest: bytes) -> Record | None:
    """Whose it is, while it lives."""
    return connection.execute(_FIND, {"digest": digest}).one_or_none()


def remove(connection: Connection, digest: bytes) -> None:
    """It was used."""
    connection.execute(_REMOVE, {"digest": digest})


def forget(connection: Connection, user_id: str) -> None:
    """None of the person's works any more."""
    connection.execute(_FORGET, {"user_id": user_id})
