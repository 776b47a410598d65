"""Entries in the order of their instants; rules that watch a balance."""

from alembic import op

revision = "0011"
down_revision = "0010"

# The same columns are unique as before. An instant rises with the version of its balance row, so this order serves
# both, and a statement or a balance in the past is found at once: no index more for the hot path to keep.
ENTRY_ORDER = (
    "ALTER TABLE ledger.entry DROP CONSTRAINT new_entry_pkey",
    "ALTER TABLE ledger.entry ADD CONSTRAINT entry_pkey PRIMARY KEY (account_id, stripe, posted_at, version)",
)
RULES = """
CREATE TABLE wallet.balance_rule (
    id          id PRIMARY KEY,
    wallet_id   id NOT NULL REFERENCES wallet.wallet (id),
    kind        text NOT NULL CHECK (kind IN ('available', 'posted')),
    op          text NOT NULL CHECK (op IN ('below', 'above')),
    value_minor bigint NOT NULL CHECK (abs(value_minor) <= 1000000000000000),
    crossed     boolean NOT NULL,                      -- whether the balance was beyond the value when last looked at
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (wallet_id, kind, op, value_minor)
)
"""


def upgrade() -> None:
    for statement in (*ENTRY_ORDER, RULES):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON wallet.balance_rule TO app_rw, app_job")
