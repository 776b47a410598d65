"""Devices that people signed in from. They change under the lock of the account, but for `forget`."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# One statement: the device that was shown, or a new one in its place. Of the others the stale ones go, and those
# beyond the limit; the rows that this statement adds are not among what it sees, so one place is kept free for it.
_SEE = text(
    """
    WITH seen AS (
        UPDATE identity.known_device SET last_seen_at = clock_timestamp()
         WHERE user_id = :user_id AND digest = :shown
           AND last_seen_at > clock_timestamp() - make_interval(days => :life_days)
        RETURNING digest
    ), added AS (
        INSERT INTO identity.known_device (user_id, digest)
        SELECT :user_id, :fresh WHERE NOT EXISTS (SELECT FROM seen)
    ), forgotten AS (
        DELETE FROM identity.known_device
         WHERE user_id = :user_id AND digest NOT IN (SELECT digest FROM seen)
           AND (last_seen_at <= clock_timestamp() - make_interval(days => :life_days)
                OR digest IN (SELECT digest FROM identity.known_device
                               WHERE user_id = :user_id AND digest NOT IN (SELECT digest FROM seen)
                               ORDER BY last_seen_at DESC, digest OFFSET :others_max))
    )
    SELECT EXISTS (SELECT FROM seen)
    """
)
_KNOWS = text(
    """
    SELECT EXISTS (SELECT FROM identity.known_device WHERE user_id = :user_id AND digest = :shown
                      AND last_seen_at > clock_timestamp() - make_interval(days => :life_days))
    """
)
# In the order of their keys: whoever forgets them at the same moment waits and does not lock the other way round.
_FORGET = text(
    """
    DELETE FROM identity.known_device
     WHERE (user_id, digest) IN (SELECT user_id, digest FROM identity.known_device
                                  WHERE user_id = :user_id AND (CAST(:but AS bytea) IS NULL OR digest <> :but)
                                  ORDER BY digest FOR UPDATE)
    """
)
_OF_SESSIONS = text(
    """
    DELETE FROM identity.known_device
     WHERE (user_id, digest) IN (
               SELECT d.user_id, d.digest FROM identity.known_device AS d
                WHERE d.user_id = :user_id
                  AND d.digest IN (SELECT device_digest FROM identity.session WHERE id = ANY(CAST(:ended AS text[])))
                  AND d.digest IS DISTINCT FROM (SELECT device_digest FROM identity.session WHERE id = :but_of)
                ORDER BY d.digest FOR UPDATE OF d)
    """
)


def see(
    connection: Connection, user_id: str, *, shown: bytes | None, fresh: bytes, devices_max: int, life_days: int
) -> bool:
    """Whether the person is known to have the device `shown`, which has been seen now; else `fresh` is one now."""
    facts = {
        "user_id": user_id,
        "shown": shown,
        "fresh": fresh,
        "others_max": devices_max - 1,
        "life_days": life_days,
    }
    is_known: bool = connection.execute(_SEE, facts).scalar_one()
    return is_known


def knows(connection: Connection, user_id: str, shown: bytes, life_days: int) -> bool:
    """Whether the person has this device; it is not seen by that."""
    facts = {"user_id": user_id, "shown": shown, "life_days": life_days}
    is_known: bool = connection.execute(_KNOWS, facts).scalar_one()
    return is_known


def forget(connection: Connection, user_id: str, but: bytes | None = None) -> None:
    """The person's devices are new ones again, but for this one."""
    connection.execute(_FORGET, {"user_id": user_id, "but": but})


def forget_of_sessions(
    connection: Connection, user_id: str, ended: Sequence[str], *, but_of: str | None = None
) -> None:
    """The devices of these sessions are new ones again, but for the one of the session `but_of`."""
    connection.execute(_OF_SESSIONS, {"user_id": user_id, "ended": list(ended), "but_of": but_of})
