"""Sessions of a person that nobody began: many, of some time ago."""

from paycore import ids
from tests.integration.desk import Desk


def crowd(
    desk: Desk, user_id: str, count: int, *, used: str = "1 day", ends: str = "20 days", ended: str | None = None
) -> list[str]:
    """The ids of that many more. `used` and `ended`: how long ago; `ends`: from now."""
    made = [ids.new("ses") for _ in range(count)]
    desk.rows(
        "INSERT INTO identity.session (id, user_id, amr, authenticated_at, ends_at, ended_at, end_reason) "
        "SELECT id, :user_id, '{pwd}', now() - CAST(:used AS interval), now() + CAST(:ends AS interval), "
        "       now() - CAST(:ended AS interval), CASE WHEN CAST(:ended AS interval) IS NOT NULL THEN 'logout' END "
        "  FROM unnest(CAST(:ids AS text[])) AS made (id)",
        user_id=user_id,
        used=used,
        ends=ends,
        ended=ended,
        ids=made,
    )
    desk.rows(
        "INSERT INTO identity.refresh_token (session_id, position, digest, expires_at, created_at) "
        "SELECT id, 1, sha256(convert_to(id, 'UTF8')), now() + interval '6 days', now() - CAST(:used AS interval) "
        "  FROM unnest(CAST(:ids AS text[])) AS made (id)",
        used=used,
        ids=made,
    )
    return made


def last_used(desk: Desk, session_id: str, ago: str) -> None:
    """As if the session had not been refreshed since."""
    desk.rows(
        "UPDATE identity.refresh_token SET created_at = now() - CAST(:ago AS interval) WHERE session_id = :id",
        ago=ago,
        id=session_id,
    )


def live(desk: Desk, user_id: str) -> list[str]:
    """The ids of those that have not ended, the oldest first."""
    rows = desk.rows(
        "SELECT id FROM identity.session WHERE user_id = :id AND ended_at IS NULL AND ends_at > now() ORDER BY id",
        id=user_id,
    )
    return [str(session_id) for (session_id,) in rows]
