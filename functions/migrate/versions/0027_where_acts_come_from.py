"""Events say from which network somebody acted (docs/decisions/0022)."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox.event ADD COLUMN network text")
