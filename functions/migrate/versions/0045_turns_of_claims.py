"""Money that waits for the owner of an address is looked at in turns, whatever event made it claimable was missed."""

from alembic import op

revision = "0045"
down_revision = "0041"

STATEMENTS = (
    # Null: never again. Also of what was noted before this, and by the release before: each has a first look.
    "ALTER TABLE transfer.unclaimed ADD COLUMN look_at timestamptz DEFAULT now()",
    "CREATE INDEX unclaimed_to_look_at ON transfer.unclaimed (look_at) WHERE look_at IS NOT NULL",
    "GRANT SELECT, UPDATE ON transfer.unclaimed TO app_job",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
