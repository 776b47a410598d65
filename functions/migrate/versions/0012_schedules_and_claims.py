"""Scheduled transfers with what became of each occurrence; money that waits for the owner of an address."""

from alembic import op

revision = "0012"
down_revision = "0011"

SCHEDULES = (
    # `transfer` is the body as it was asked for; an address in it is sealed in a column of its own.
    """
    CREATE TABLE transfer.schedule (
        id              id PRIMARY KEY,
        owner_id        id NOT NULL,
        transfer        jsonb NOT NULL,
        sealed_email    text,
        state           text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'canceled', 'completed')),
        starts_at       timestamptz NOT NULL,          -- of occurrence 1
        every           text CHECK (every IN ('day', 'week', 'month')),  -- null: once
        until           timestamptz,
        times           integer CHECK (times > 0),
        next_occurrence integer NOT NULL DEFAULT 1,
        next_at         timestamptz,
        created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((state IN ('active', 'paused')) = (next_at IS NOT NULL)),
        CHECK (until IS NULL OR times IS NULL)
    )
    """,
    # Each occurrence has one end for ever: this key stands even where the ledger's own were lost.
    """
    CREATE TABLE transfer.occurrence (
        schedule_id    id NOT NULL REFERENCES transfer.schedule (id),
        occurrence     integer NOT NULL CHECK (occurrence > 0),
        due_at         timestamptz NOT NULL,
        status         text NOT NULL CHECK (status IN ('completed', 'failed', 'skipped')),
        transaction_id id,
        failure_code   text,
        ran_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (schedule_id, occurrence),
        CHECK ((status = 'completed') = (transaction_id IS NOT NULL)),
        CHECK ((status = 'failed') <= (failure_code IS NOT NULL))
    )
    """,
    "CREATE INDEX schedule_of_owner ON transfer.schedule (owner_id, id DESC)",
    "CREATE INDEX schedule_due ON transfer.schedule (next_at) WHERE state = 'active'",
)
CLAIMS = (
    # Whose money it is to be, as an HMAC of the address; the amount and its end stand in the hold.
    """
    CREATE TABLE transfer.unclaimed (
        transaction_id id PRIMARY KEY,                 -- the hold
        sender_id      id NOT NULL,
        currency       char(3) NOT NULL,
        address_hmac   text COLLATE "C" NOT NULL,
        created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
        claimed_at     timestamptz
    )
    """,
    "CREATE INDEX unclaimed_by_address ON transfer.unclaimed (address_hmac) WHERE claimed_at IS NULL",
    "CREATE INDEX unclaimed_by_sender ON transfer.unclaimed (sender_id, address_hmac)",
    # How many addresses somebody sent money to for the first time, per UTC day.
    """
    CREATE TABLE transfer.new_address (
        sender_id id NOT NULL,
        day       date NOT NULL,
        addresses integer NOT NULL CHECK (addresses > 0),
        PRIMARY KEY (sender_id, day)
    )
    """,
)
GRANTS = (
    "GRANT USAGE ON SCHEMA transfer TO app_rw, app_job",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA transfer TO app_rw",
    "GRANT UPDATE ON transfer.schedule, transfer.unclaimed, transfer.new_address TO app_rw",
)


def upgrade() -> None:
    op.execute("CREATE SCHEMA transfer")
    for statement in (*SCHEDULES, *CLAIMS, *GRANTS):
        op.execute(statement)
