"""One-time codes of people who have an account."""

from alembic import op

revision = "0019"
down_revision = "0018"

# Several of one person may be live: a stranger who asks for more cannot spoil the one that its owner has in hand. What
# was used or is over has no row.
ONE_TIME_CODES = """
CREATE TABLE identity.one_time_code (
    id         id PRIMARY KEY,
    user_id    id NOT NULL REFERENCES identity.user (id),
    purpose    text NOT NULL CHECK (purpose IN ('password')),
    code_hmac  text NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts   smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0)
)
"""
INDEXES = ("CREATE INDEX one_time_code_of_person ON identity.one_time_code (user_id, purpose, id)",)


def upgrade() -> None:
    for statement in (ONE_TIME_CODES, *INDEXES):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.one_time_code TO app_rw")
    op.execute("ALTER TABLE identity.session DROP CONSTRAINT session_end_reason_check")
    op.execute(
        "ALTER TABLE identity.session ADD CONSTRAINT session_end_reason_check "
        "CHECK (end_reason IN ('logout', 'reuse', 'disabled', 'password', 'owner'))"
    )
