"""The phone that somebody has proven, and one-time codes that prove it."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    # The number, sealed under the person's key, and not a flag: what the release before writes as another phone is none
    # that was proven.
    op.execute("ALTER TABLE identity.user ADD COLUMN sealed_verified_phone text")
    op.execute("ALTER TABLE identity.one_time_code DROP CONSTRAINT one_time_code_purpose_check")
    op.execute(
        "ALTER TABLE identity.one_time_code ADD CONSTRAINT one_time_code_purpose_check "
        "CHECK (purpose IN ('password', 'second_factor', 'phone'))"
    )
