"""How many windows in a row were used up, so that the next is longer."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.attempt ADD COLUMN filled smallint NOT NULL DEFAULT 0 CHECK (filled >= 0)")
