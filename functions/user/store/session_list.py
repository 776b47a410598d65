"""A person's sessions as they see them."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from functions.user.store import Record
from paycore.pagination import Page

# A session lives as long as its newest token may still be exchanged.
_LIST = text(
    """
    SELECT s.id, s.device, s.amr, s.authenticated_at, least(s.ends_at, t.expires_at) AS ends_at,
           t.created_at AS refreshed_at
      FROM identity.session AS s
      CROSS JOIN LATERAL (SELECT created_at, expires_at FROM identity.refresh_token
                           WHERE session_id = s.id ORDER BY position DESC LIMIT 1) AS t
     WHERE s.user_id = :user_id AND s.ended_at IS NULL AND least(s.ends_at, t.expires_at) > clock_timestamp()
       AND (CAST(:before AS text) IS NULL OR s.id < CAST(:before AS text))
     ORDER BY s.id DESC LIMIT :limit
    """
)


def list_of(connection: Connection, user_id: str, page: Page) -> Sequence[Record]:
    """A person's live sessions, newest first, with one more than the page shows."""
    values = {"user_id": user_id, "before": page.before, "limit": page.limit + 1}
    return connection.execute(_LIST, values).all()
