"""Schedules that must wait for their turn, and which unknown addresses somebody looked for."""

from alembic import op

revision = "0017"
down_revision = "0016"

STATEMENTS = (
    # What is due may have to wait beyond its time: then others have their turn.
    "ALTER TABLE transfer.schedule ADD COLUMN not_before timestamptz",
    # As HMACs, so that the same address counts once a day.
    "ALTER TABLE transfer.new_address ADD COLUMN address_hmacs text[] NOT NULL DEFAULT '{}'",
    "GRANT DELETE ON transfer.new_address TO app_rw",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
