"""What a verification of the ledger finds and remembers: violations, checkpoints, results."""

from alembic import op

revision = "0010"
down_revision = "0009"

TYPES = (
    # One broken invariant with the least that shows it. What concerns no account or no transaction leaves it null.
    """
    CREATE TYPE ledger.violation AS (
        invariant      text,
        account_id     text,
        stripe         smallint,
        transaction_id text,
        expected       text,
        found          text
    )
    """,
    # A part of the balance rows, in the order of account and stripe: after one row, up to another.
    """
    CREATE TYPE ledger.section AS (
        after_account text,
        after_stripe  smallint,
        upto_account  text,
        upto_stripe   smallint
    )
    """,
)
TABLES = (
    # Up to where the book of a balance row was found right: the next verification begins there.
    """
    CREATE TABLE ledger.checkpoint (
        account_id   id NOT NULL,
        stripe       smallint NOT NULL,
        version      bigint NOT NULL,
        posted_minor bigint NOT NULL,
        posted_at    timestamptz NOT NULL,
        checked_at   timestamptz NOT NULL,
        PRIMARY KEY (account_id, stripe)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE ledger.verification (
        id         id PRIMARY KEY,
        whole      boolean NOT NULL,                   -- everything, or what is new since the checkpoints
        status     text NOT NULL CHECK (status IN ('pass', 'fail')),
        started_at timestamptz NOT NULL,
        checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        entries    bigint NOT NULL,
        wallets    bigint NOT NULL,
        violations jsonb NOT NULL DEFAULT '[]',
        CHECK ((status = 'fail') = (violations <> '[]'))
    )
    """,
)


def upgrade() -> None:
    for statement in (*TYPES, *TABLES):
        op.execute(statement)
    op.execute("GRANT SELECT ON ledger.checkpoint, ledger.verification TO app_rw, app_job")
    op.execute("GRANT INSERT, UPDATE ON ledger.checkpoint TO app_job")
    op.execute("GRANT INSERT, DELETE ON ledger.verification TO app_job")
    # A job's statements are many look-ups, not one large computation: compiling them took longer than running them.
    op.execute("ALTER ROLE app_job SET jit = off")
