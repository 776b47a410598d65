"""How often the window of a subject was doubled, since those before it had wrong tries."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.attempt ADD COLUMN doubled smallint NOT NULL DEFAULT 0 CHECK (doubled >= 0)")
