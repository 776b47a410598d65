"""Rules of one column become domains.

PostgreSQL reads a table's CHECKs from their text anew for every statement that writes to it; a domain's it keeps. On
the tables that each transfer writes, that was a tenth of a transfer's processor time (docs/performance.md). Rules over
several columns stay with their table.
"""

from alembic import op

revision = "0013"
down_revision = "0012"

DOMAINS = (
    # What may happen to an account.
    """CREATE DOMAIN ledger.account_state AS text
       CHECK (VALUE IN ('active', 'debit_frozen', 'credit_frozen', 'frozen', 'closed'))""",
    """CREATE DOMAIN ledger.transaction_status AS text
       CHECK (VALUE IN ('pending', 'completed', 'partially_captured', 'captured', 'voided', 'expired', 'reversed',
                        'partially_reversed', 'failed'))""",
    # Minor units: what a transaction moves; what an entry adds to a balance; what holds set aside.
    "CREATE DOMAIN ledger.amount AS bigint CHECK (VALUE BETWEEN 1 AND 1000000000000000)",
    "CREATE DOMAIN ledger.signed_amount AS bigint CHECK (VALUE <> 0 AND abs(VALUE) <= 1000000000000000)",
    "CREATE DOMAIN ledger.held_amount AS bigint CHECK (VALUE >= 0)",
)
# Their conditions name the status, so they go while its type changes.
STATUS_INDEXES = {
    "failed_transaction_of_actor": "ledger.transaction (actor_id, id DESC) WHERE status = 'failed'",
    "transaction_of_target": "ledger.transaction (target_owner_id, id DESC) WHERE status <> 'failed'",
}
COLUMNS = (
    """ALTER TABLE ledger.balance DROP CONSTRAINT balance_held_minor_check, DROP CONSTRAINT balance_state_check,
           ALTER held_minor TYPE ledger.held_amount, ALTER state TYPE ledger.account_state""",
    """ALTER TABLE ledger.entry DROP CONSTRAINT new_entry_amount_minor_check,
           ALTER amount_minor TYPE ledger.signed_amount""",
    """ALTER TABLE ledger.transaction DROP CONSTRAINT new_transaction_amount_minor_check,
           DROP CONSTRAINT new_transaction_status_check,
           ALTER amount_minor TYPE ledger.amount, ALTER status TYPE ledger.transaction_status""",
)


def upgrade() -> None:
    for domain in DOMAINS:
        op.execute(domain)
    for index in STATUS_INDEXES:
        op.execute(f"DROP INDEX ledger.{index}")
    for change in COLUMNS:
        op.execute(change)
    for index, definition in STATUS_INDEXES.items():
        op.execute(f"CREATE INDEX {index} ON {definition}")
