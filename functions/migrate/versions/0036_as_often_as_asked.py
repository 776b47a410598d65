"""What is counted has room: parts of a hold, old keys in their order, addresses that nobody has looked for yet.

The first rewrites the transactions and keeps everybody out meanwhile: on a large ledger a matter of minutes.
"""

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    # It rises with each capture and reversal in parts, and one unit may be a part.
    op.execute("ALTER TABLE ledger.transaction ALTER COLUMN version TYPE integer")
    # A BRIN index never narrows: once new keys take the room of removed ones, each of its ranges has something old.
    op.execute("DROP INDEX ledger.key_age")
    op.execute("CREATE INDEX key_age ON ledger.idempotency_key (created_at)")
    op.execute("ALTER TABLE transfer.new_address DROP CONSTRAINT new_address_addresses_check")
    op.execute("ALTER TABLE transfer.new_address ADD CONSTRAINT new_address_addresses_check CHECK (addresses >= 0)")
