"""An incremental verification finds the holds that expired since the last one."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("CREATE INDEX hold_expired ON ledger.hold (ended_at) WHERE state = 'expired'")
