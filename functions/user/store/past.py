"""What is over and still has rows: each kind goes in batches, the oldest first.

Their conditions take the statement's time: `clock_timestamp()` may change within a statement, so no index serves it.
"""

from sqlalchemy import Connection, TextClause, text

_OVER = "statement_timestamp() - make_interval(days => :days)"


def _oldest(table: str, key: str, over_at: str, lock: str = "FOR UPDATE SKIP LOCKED") -> TextClause:
    return text(
        f"""
        DELETE FROM identity.{table} WHERE {key} = ANY (ARRAY(
            SELECT {key} FROM identity.{table} WHERE {over_at} < {_OVER} ORDER BY {over_at} LIMIT :at_most {lock}))
        """  # noqa: S608  # our own names
    )


# A change is completed before it expires, if ever. Nobody updates a challenge, so no role may lock one. A session goes
# after its tokens, of which it may have very many; each batch of tokens frees no more sessions than it has tokens.
_FORGET = {
    "email_changes": (_oldest("email_change", "id", "expires_at"),),
    "one_time_codes": (_oldest("one_time_code", "id", "expires_at"),),
    "mfa_challenges": (_oldest("mfa_challenge", "digest", "expires_at", lock=""),),
    "attempts": (_oldest("attempt", "subject", "window_started_at"),),
    "sessions": (
        text(
            f"""
            DELETE FROM identity.refresh_token WHERE digest = ANY (ARRAY(
                SELECT token.digest
                  FROM identity.session AS past JOIN identity.refresh_token AS token ON token.session_id = past.id
                 WHERE least(past.ended_at, past.ends_at) < {_OVER}
                 ORDER BY least(past.ended_at, past.ends_at) LIMIT :at_most))
            """  # noqa: S608  # our own constant
        ),
        text(
            f"""
            DELETE FROM identity.session WHERE id = ANY (ARRAY(
                SELECT id FROM identity.session AS past
                 WHERE least(ended_at, ends_at) < {_OVER}
                   AND NOT EXISTS (SELECT FROM identity.refresh_token WHERE session_id = past.id)
                 ORDER BY least(ended_at, ends_at) LIMIT :at_most FOR UPDATE SKIP LOCKED))
            """  # noqa: S608  # our own constant
        ),
    ),
}


def forget(connection: Connection, kind: str, days: int, at_most: int) -> int:
    """Removes at most so many rows of a table that have been over for so many days; how many."""
    asked = {"days": days, "at_most": at_most}
    return max(connection.execute(statement, asked).rowcount for statement in _FORGET[kind])
