"""A purse tells whether it was waited for, so that only money that moves notes it."""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.execute("ALTER TYPE ledger.purse ADD ATTRIBUTE waited boolean")
