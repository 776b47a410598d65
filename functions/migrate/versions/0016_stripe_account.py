"""A function whose result has another type now; each release writes its own anew."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS ledger.stripe_account(ledger.purse, smallint)")
