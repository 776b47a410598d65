"""Whether the owner was told that a second factor was asked for: then the sign-in that follows is told by no mail."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.mfa_challenge ADD COLUMN owner_told boolean NOT NULL DEFAULT false")
