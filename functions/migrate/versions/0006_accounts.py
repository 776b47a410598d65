"""What can change of an account stands in its balance rows; hot accounts have several; expected money is known."""

from alembic import op

revision = "0006"
down_revision = "0005"

# A column that changes is never indexed where it would cost the hot path a new index entry (HOT updates).
ACCOUNTS = (
    "ALTER TABLE ledger.account ADD COLUMN stripes smallint NOT NULL DEFAULT 1 CHECK (stripes BETWEEN 1 AND 64)",
    # Who had to wait for a balance row: lost in a crash without harm, emptied by the job that stripes.
    """
    CREATE UNLOGGED TABLE ledger.contention (
        account_id id NOT NULL,
        waited_at  timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
)
# What can change of an account moves to its balance rows: the row that is locked then tells all (decision 8).
BALANCES = (
    """
    ALTER TABLE ledger.balance ADD COLUMN state text NOT NULL DEFAULT 'active'
        CHECK (state IN ('active', 'debit_frozen', 'credit_frozen', 'frozen', 'closed'))
    """,
    "UPDATE ledger.balance b SET state = a.state FROM ledger.account a WHERE a.id = b.account_id",
    "ALTER TABLE ledger.account DROP COLUMN state, DROP COLUMN credit_limit_minor",
    # Our own accounts are striped from birth.
    "UPDATE ledger.account SET stripes = 16 WHERE kind <> 'wallet'",
    """
    INSERT INTO ledger.balance (account_id, stripe, floor_minor)
    SELECT a.id, s, NULL FROM ledger.account a, generate_series(1, 15) s WHERE a.kind <> 'wallet'
    """,
)
# Money that is on its way from outside: while there is any, the wallet stays open.
EXPECTED = """
CREATE TABLE ledger.expected_credit (
    subject     id PRIMARY KEY,                        -- the payment
    account_id  id NOT NULL,
    expected_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
EXPECTED_INDEX = "CREATE INDEX expected_credit_of_account ON ledger.expected_credit (account_id)"
PURSE = """
CREATE TYPE ledger.purse AS (
    account_id   text,
    owner_id     text,
    kind         text,
    currency     text,
    stripes      smallint,
    stripe       smallint,
    state        text,
    posted_minor bigint,
    held_minor   bigint,
    floor_minor  bigint,        -- null: unbounded
    spare_minor  bigint,        -- what the other stripes, locked too, can give
    version      bigint,
    posted_at    timestamptz
)
"""


def upgrade() -> None:
    for statement in (*ACCOUNTS, *BALANCES, EXPECTED, EXPECTED_INDEX, PURSE):
        op.execute(statement)
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO app_rw, app_job")
    op.execute("GRANT INSERT, DELETE ON ledger.contention TO app_job")
