"""Sessions beyond what one person has at once."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

# In the order of their last use, which is their newest token. One that another request has ended meanwhile keeps its
# reason.
_END_SURPLUS = text(
    """
    UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = 'limit'
     WHERE ended_at IS NULL AND id = ANY (ARRAY(
               SELECT s.id FROM identity.session AS s
                 LEFT JOIN LATERAL (SELECT created_at FROM identity.refresh_token
                                     WHERE session_id = s.id ORDER BY position DESC LIMIT 1) AS t ON true
                WHERE s.user_id = :user_id AND s.ended_at IS NULL AND s.ends_at > clock_timestamp()
                ORDER BY coalesce(t.created_at, s.authenticated_at) DESC, s.id DESC OFFSET :kept))
    RETURNING id
    """
)


def end_surplus(connection: Connection, user_id: str, *, kept: int) -> Sequence[str]:
    """Ends a person's sessions but for the `kept` that were used last; answers their ids. The account is locked."""
    return connection.execute(_END_SURPLUS, {"user_id": user_id, "kept": kept}).scalars().all()
