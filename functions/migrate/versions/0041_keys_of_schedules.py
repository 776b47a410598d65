"""A schedule knows the API key that made it, so that it can end with the key; null: its owner, or before this."""

from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute("ALTER TABLE transfer.schedule ADD COLUMN created_by_key id")
