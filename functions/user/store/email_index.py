"""Which address belongs to whom: an account's address as HMACs, one by each key of the ring."""

from sqlalchemy import Connection, text

from paycore.email_index import address_hmacs

_OWNER = text("SELECT user_id FROM identity.email_index WHERE hmac = ANY(CAST(:hmacs AS text[])) LIMIT 1")
# Waits for whoever takes the same address at the same moment. In one order, so that two do not wait for each other.
_TAKE = text(
    """
    INSERT INTO identity.email_index (hmac, user_id)
    SELECT hmac, :user_id FROM unnest(CAST(:hmacs AS text[])) AS hmac ORDER BY hmac
    ON CONFLICT (hmac) DO NOTHING RETURNING hmac
    """
)
_GIVE_BACK = text("DELETE FROM identity.email_index WHERE user_id = :user_id AND hmac = ANY(CAST(:hmacs AS text[]))")
_KEEP_ONLY = text("DELETE FROM identity.email_index WHERE user_id = :user_id AND hmac <> ALL(CAST(:hmacs AS text[]))")


def owner_of(connection: Connection, email: str) -> str | None:
    """The id of the person who has this address."""
    return connection.execute(_OWNER, {"hmacs": address_hmacs(email)}).scalar_one_or_none()


def take(connection: Connection, user_id: str, email: str) -> bool:
    """Gives the address to the person, whose account must be there at the commit; False where somebody has it."""
    hmacs = address_hmacs(email)
    taken = connection.execute(_TAKE, {"user_id": user_id, "hmacs": hmacs}).scalars().all()
    if len(taken) < len(hmacs):
        connection.execute(_GIVE_BACK, {"user_id": user_id, "hmacs": list(taken)})
    return len(taken) == len(hmacs)


def rename(connection: Connection, user_id: str, email: str) -> None:
    """Names the person's address by the keys that the ring has now, and by no other."""
    hmacs = address_hmacs(email)
    connection.execute(_TAKE, {"user_id": user_id, "hmacs": hmacs})
    connection.execute(_KEEP_ONLY, {"user_id": user_id, "hmacs": hmacs})


def move(connection: Connection, user_id: str, email: str) -> bool:
    """Gives the person this address in place of the present one; False, and no change, where somebody has it."""
    moved = take(connection, user_id, email)
    if moved:
        connection.execute(_KEEP_ONLY, {"user_id": user_id, "hmacs": address_hmacs(email)})
    return moved
