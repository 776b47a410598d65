"""Schedules are found by the key that sealed their address, to be sealed anew."""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX schedule_sealed ON transfer.schedule (split_part(sealed_email, '.', 1)) "
        "WHERE sealed_email IS NOT NULL"
    )
