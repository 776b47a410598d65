"""One-time codes for admins who enrol a second factor, beside those that set a password."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.one_time_code DROP CONSTRAINT one_time_code_purpose_check")
    op.execute(
        "ALTER TABLE identity.one_time_code ADD CONSTRAINT one_time_code_purpose_check "
        "CHECK (purpose IN ('password', 'second_factor'))"
    )
