"""Known devices: a sign-in from another one is told by mail."""

from alembic import op

revision = "0026"
down_revision = "0025"

# Of a device its owner keeps a random token; here is the SHA-256. At most 20 of a person, the last seen.
KNOWN_DEVICES = """
CREATE TABLE identity.known_device (
    user_id       id NOT NULL REFERENCES identity.user (id),
    digest        bytea NOT NULL CHECK (length(digest) = 32),
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, digest)
)
"""
COLUMNS = (
    # From which device the session began: it stays known when its owner changes the password.
    "ALTER TABLE identity.session ADD COLUMN device_digest bytea CHECK (length(device_digest) = 32)",
    # What came with the password, for the second step: AES-GCM under the identity ring.
    "ALTER TABLE identity.mfa_challenge ADD COLUMN sealed_device_token text",
)


def upgrade() -> None:
    for statement in (KNOWN_DEVICES, *COLUMNS):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.known_device TO app_rw")
