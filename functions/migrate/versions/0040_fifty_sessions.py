"""A person has fifty sessions at once, and what waits behind an event that cannot leave is no backlog.

Sessions beyond the fifty end here: functions that have one of them in the cache accept it for a minute at most.
"""

from alembic import op

revision = "0040"
down_revision = "0039"

# The relay writes it and the backlog is counted without it (docs/decisions/0036).
STUCK_KEYS = """
CREATE TABLE outbox.stuck_key (
    topic         text COLLATE "C" NOT NULL,
    partition_key text COLLATE "C" NOT NULL,
    until         timestamptz NOT NULL,
    PRIMARY KEY (topic, partition_key)
)
"""
# Those used last stay, as at a sign-in (functions/user/store/session_limit.py).
END_SURPLUS = """
WITH crowded AS (
    SELECT user_id FROM identity.session WHERE ended_at IS NULL AND ends_at > clock_timestamp()
     GROUP BY user_id HAVING count(*) > 50
), placed AS (
    SELECT s.id, row_number() OVER (
               PARTITION BY s.user_id ORDER BY coalesce(t.created_at, s.authenticated_at) DESC, s.id DESC) AS place
      FROM crowded JOIN identity.session AS s ON s.user_id = crowded.user_id
      LEFT JOIN LATERAL (SELECT created_at FROM identity.refresh_token
                          WHERE session_id = s.id ORDER BY position DESC LIMIT 1) AS t ON true
     WHERE s.ended_at IS NULL AND s.ends_at > clock_timestamp()
)
UPDATE identity.session AS s SET ended_at = clock_timestamp(), end_reason = 'limit'
  FROM placed WHERE placed.place > 50 AND s.id = placed.id
"""


def upgrade() -> None:
    op.execute(STUCK_KEYS)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON outbox.stuck_key TO app_job")
    op.execute("ALTER TABLE identity.session DROP CONSTRAINT session_end_reason_check")
    op.execute(
        "ALTER TABLE identity.session ADD CONSTRAINT session_end_reason_check CHECK (end_reason IN "
        "('logout', 'reuse', 'disabled', 'password', 'owner', 'second_factor', 'closed', 'limit'))"
    )
    # Whose sessions ended lately is asked for each event that touches them, and some have very many that ended before.
    op.execute("CREATE INDEX session_ended ON identity.session (user_id, ended_at) WHERE ended_at IS NOT NULL")
    op.execute(END_SURPLUS)
