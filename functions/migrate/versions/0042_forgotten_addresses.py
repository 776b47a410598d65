"""Names of addresses that money waited for, or that somebody looked for in vain, leave the tables (decision 41).

`claimed_at` is written by the release before only; it goes with the next one.
"""

from alembic import op

revision = "0042"
down_revision = "0041"

STATEMENTS = (
    "GRANT DELETE ON transfer.unclaimed TO app_rw",
    # An erasure finds what is over, too.
    "CREATE INDEX unclaimed_of_address ON transfer.unclaimed (address_hmac)",
    "DROP INDEX transfer.unclaimed_by_address",
    "CREATE INDEX unclaimed_age ON transfer.unclaimed (created_at)",
    "CREATE INDEX new_address_age ON transfer.new_address (day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
