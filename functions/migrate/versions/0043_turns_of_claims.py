"""Money that waits for the owner of an address is looked at in turns, whatever event made it claimable was missed."""

from alembic import op

revision = "0043"
down_revision = "0042"

STATEMENTS = (
    # Null: never again, the hold is over. What was noted before this, and by the release before, has a first look, too.
    "ALTER TABLE transfer.unclaimed ADD COLUMN look_at timestamptz DEFAULT now()",
    "CREATE INDEX unclaimed_waiting ON transfer.unclaimed (address_hmac) WHERE look_at IS NOT NULL",
    "CREATE INDEX unclaimed_to_look_at ON transfer.unclaimed (look_at) WHERE look_at IS NOT NULL",
    "GRANT SELECT, UPDATE, DELETE ON transfer.unclaimed TO app_job",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
