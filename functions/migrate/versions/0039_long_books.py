"""A long book is verified piece by piece, from one instant to another."""

from alembic import op

revision = "0039"
down_revision = "0038"

# They come back with arguments more, beside which these would stay. Who names no instants is served as before.
REPLACED = (
    "verify_books(ledger.section, boolean)",
    "verify_entries(ledger.section, boolean)",
    "count_books(ledger.section, boolean)",
    "verify_gatherings()",
)


def upgrade() -> None:
    for function in REPLACED:
        op.execute(f"DROP FUNCTION IF EXISTS ledger.{function}")
