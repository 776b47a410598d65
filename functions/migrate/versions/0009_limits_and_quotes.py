"""Spending limits with their running sums; exchange rates and the quotes that are made at them."""

from alembic import op

revision = "0009"
down_revision = "0008"

LIMITS = (
    """
    CREATE TABLE ledger.spending_limit (
        role                  text NOT NULL CHECK (role IN ('user', 'merchant')),
        currency              char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        per_transaction_minor bigint CHECK (per_transaction_minor > 0),      -- null: no limit
        per_day_minor         bigint CHECK (per_day_minor > 0),
        per_month_minor       bigint CHECK (per_month_minor > 0),
        count_per_hour        integer CHECK (count_per_hour > 0),
        PRIMARY KEY (role, currency)
    )
    """,
    # One row per person and currency: the sums of the running UTC day, month and hour.
    """
    CREATE TABLE ledger.spending (
        owner_id    id NOT NULL,
        currency    char(3) NOT NULL,
        hour        timestamptz NOT NULL,
        hour_count  integer NOT NULL,
        day         date NOT NULL,
        day_minor   bigint NOT NULL,
        month       date NOT NULL,
        month_minor bigint NOT NULL,
        PRIMARY KEY (owner_id, currency)
    ) WITH (fillfactor = 50)
    """,
)
QUOTES = (
    """
    CREATE TABLE ledger.exchange_rate (
        id              id PRIMARY KEY,
        source_currency char(3) NOT NULL CHECK (source_currency ~ '^[A-Z]{3}$'),
        target_currency char(3) NOT NULL CHECK (target_currency ~ '^[A-Z]{3}$'),
        rate            numeric(24, 12) NOT NULL CHECK (rate > 0 AND rate < 'Infinity'),
        loaded_by       id NOT NULL,
        loaded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK (source_currency <> target_currency)
    )
    """,
    "CREATE INDEX rate_of_pair ON ledger.exchange_rate (source_currency, target_currency, loaded_at DESC)",
    """
    CREATE TABLE ledger.quote (
        id                  id PRIMARY KEY,
        owner_id            id NOT NULL,
        rate_id             id NOT NULL REFERENCES ledger.exchange_rate (id),
        rate                numeric(24, 12) NOT NULL,  -- units of the target for one unit of the source
        source_currency     char(3) NOT NULL,
        target_currency     char(3) NOT NULL,
        source_amount_minor bigint NOT NULL CHECK (source_amount_minor BETWEEN 1 AND 1000000000000000),
        target_amount_minor bigint NOT NULL CHECK (target_amount_minor BETWEEN 1 AND 1000000000000000),
        truncated_minor     bigint NOT NULL,           -- the exact amount without its fraction
        residue             numeric NOT NULL,          -- exact minus rounded, in minor units of the target
        expires_at          timestamptz NOT NULL,
        transaction_id      id,                        -- the conversion that used it
        created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
)


def upgrade() -> None:
    for statement in (*LIMITS, *QUOTES):
        op.execute(statement)
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO app_rw, app_job")
    op.execute("GRANT INSERT ON ledger.exchange_rate TO app_rw")
    op.execute("GRANT INSERT, UPDATE, DELETE ON ledger.spending_limit TO app_rw")
