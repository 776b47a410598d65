"""Quotes that nobody used are found by when they were over, to be removed."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.execute("CREATE INDEX quote_unused ON ledger.quote (expires_at) WHERE transaction_id IS NULL")
