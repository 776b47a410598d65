"""What is over and still has rows: each kind goes in batches, the oldest first.

Their conditions take the statement's time: `clock_timestamp()` may change within a statement, so no index serves it.
"""

from sqlalchemy import Connection, text

_OVER = "statement_timestamp() - make_interval(days => :days)"
# A change is completed before it expires, if ever. Nobody updates a challenge, so no role may lock one. A session goes
# after its tokens, of which it may have very many; each batch of tokens frees no more sessions than it has tokens.
_FORGET = {
    kind: tuple(text(statement) for statement in statements)
    for kind, statements in {
        "email_changes": (
            f"""
            DELETE FROM identity.email_change WHERE id = ANY (ARRAY(
                SELECT id FROM identity.email_change WHERE expires_at < {_OVER}
                 ORDER BY expires_at LIMIT :at_most FOR UPDATE SKIP LOCKED))
            """,  # noqa: S608  # our own constant
        ),
        "one_time_codes": (
            f"""
            DELETE FROM identity.one_time_code WHERE id = ANY (ARRAY(
                SELECT id FROM identity.one_time_code WHERE expires_at < {_OVER}
                 ORDER BY expires_at LIMIT :at_most FOR UPDATE SKIP LOCKED))
            """,  # noqa: S608  # our own constant
        ),
        "mfa_challenges": (
            f"""
            DELETE FROM identity.mfa_challenge WHERE digest = ANY (ARRAY(
                SELECT digest FROM identity.mfa_challenge WHERE expires_at < {_OVER}
                 ORDER BY expires_at LIMIT :at_most))
            """,  # noqa: S608  # our own constant
        ),
        "attempts": (
            f"""
            DELETE FROM identity.attempt WHERE subject = ANY (ARRAY(
                SELECT subject FROM identity.attempt WHERE window_started_at < {_OVER}
                 ORDER BY window_started_at LIMIT :at_most FOR UPDATE SKIP LOCKED))
            """,  # noqa: S608  # our own constant
        ),
        "sessions": (
            f"""
            DELETE FROM identity.refresh_token WHERE digest = ANY (ARRAY(
                SELECT token.digest
                  FROM identity.session AS past JOIN identity.refresh_token AS token ON token.session_id = past.id
                 WHERE least(past.ended_at, past.ends_at) < {_OVER}
                 ORDER BY least(past.ended_at, past.ends_at) LIMIT :at_most))
            """,  # noqa: S608  # our own constant
            f"""
            DELETE FROM identity.session WHERE id = ANY (ARRAY(
                SELECT id FROM identity.session AS past
                 WHERE least(ended_at, ends_at) < {_OVER}
                   AND NOT EXISTS (SELECT FROM identity.refresh_token WHERE session_id = past.id)
                 ORDER BY least(ended_at, ends_at) LIMIT :at_most FOR UPDATE SKIP LOCKED))
            """,  # noqa: S608  # our own constant
        ),
    }.items()
}


def forget(connection: Connection, kind: str, days: int, at_most: int) -> int:
    """Removes at most so many rows of a table that have been over for so many days; how many."""
    asked = {"days": days, "at_most": at_most}
    return max(connection.execute(statement, asked).rowcount for statement in _FORGET[kind])
