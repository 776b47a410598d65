"""How many payments of somebody were declined lately is asked before each; and who the merchants are, by admins."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.execute("CREATE INDEX payment_declined ON payment.payment (owner_id, created_at DESC) WHERE status = 'failed'")
    op.execute("CREATE INDEX user_merchant ON identity.user (id) WHERE 'merchant' = ANY (roles)")
