"""API keys of merchants: of each the digest, what it is for, and until when."""

from alembic import op

revision = "0022"
down_revision = "0021"

# What was revoked stays, so that its owner and an auditor can name it.
API_KEYS = """
CREATE TABLE identity.api_key (
    id           id PRIMARY KEY,
    user_id      id NOT NULL REFERENCES identity.user (id),
    name         text NOT NULL,
    shown        text NOT NULL,                     -- the first characters of the key
    digest       text NOT NULL UNIQUE,              -- SHA-256, in hexadecimal
    scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0),
    addresses    text[] NOT NULL DEFAULT '{}',      -- networks that it may be used from; none: any
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz NOT NULL,
    last_used_at timestamptz,                       -- to the minute
    revoked_at   timestamptz,
    reminded_days smallint                          -- the last reminder: so many days before its end
)
"""
INDEXES = (
    "CREATE INDEX api_key_of_person ON identity.api_key (user_id, id DESC) WHERE revoked_at IS NULL",
    "CREATE INDEX api_key_expiry ON identity.api_key (expires_at) WHERE revoked_at IS NULL",
)


def upgrade() -> None:
    for statement in (API_KEYS, *INDEXES):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT ON identity.api_key TO app_rw")
    op.execute("GRANT UPDATE (expires_at, revoked_at, reminded_days) ON identity.api_key TO app_rw")
