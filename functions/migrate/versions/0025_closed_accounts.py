"""Accounts that their owners closed, and the erasure of what is personal in them."""

from alembic import op

revision = "0025"
down_revision = "0024"

USERS = (
    "ALTER TABLE identity.user ADD COLUMN closed_at timestamptz, ADD COLUMN erased_at timestamptz",
    "ALTER TABLE identity.user DROP CONSTRAINT user_status_check",
    """
    ALTER TABLE identity.user
      ADD CONSTRAINT user_status_check CHECK (status IN ('active', 'disabled', 'closed')),
      ADD CONSTRAINT closed_since CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
      ADD CONSTRAINT erased_once_closed CHECK (erased_at IS NULL OR closed_at IS NOT NULL)
    """,
    "CREATE INDEX user_to_erase ON identity.user (closed_at) WHERE closed_at IS NOT NULL AND erased_at IS NULL",
)
SESSIONS = (
    "ALTER TABLE identity.session DROP CONSTRAINT session_end_reason_check",
    """
    ALTER TABLE identity.session ADD CONSTRAINT session_end_reason_check
          CHECK (end_reason IN ('logout', 'reuse', 'disabled', 'password', 'owner', 'second_factor', 'closed'))
    """,
    "CREATE INDEX session_of_person ON identity.session (user_id, id DESC)",
)
# Who registers keeps a name and an address there.
GRANTS = ("GRANT DELETE ON identity.registration TO app_rw",)


def upgrade() -> None:
    for statement in (*USERS, *SESSIONS, *GRANTS):
        op.execute(statement)
