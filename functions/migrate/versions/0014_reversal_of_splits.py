"""The reversal of a split has several payers: no one source."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE ledger.transaction ALTER COLUMN source_account_id DROP NOT NULL")
