"""The second factor: seeds and recovery codes, sign-ins that wait for a code, and what moves without one."""

from alembic import op

revision = "0021"
down_revision = "0020"

# A person has at most one, pending until its first code. `last_step`: the newest 30 s step whose code was used; no
# code of it or of an earlier one works again. A reset that an admin asked for waits until `reset_at`.
SECOND_FACTORS = """
CREATE TABLE identity.second_factor (
    user_id      id PRIMARY KEY REFERENCES identity.user (id),
    sealed_seed  text NOT NULL,                  -- AES-GCM under the identity ring; begins with the key's id
    last_step    bigint NOT NULL DEFAULT 0 CHECK (last_step >= 0),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    activated_at timestamptz,                    -- null: pending
    reset_at     timestamptz,
    reset_by     id,
    reset_reason text,
    CHECK (reset_at IS NULL OR activated_at IS NOT NULL),
    CHECK ((reset_at IS NULL) = (reset_by IS NULL) AND (reset_at IS NULL) = (reset_reason IS NULL))
)
"""
# What was used has no row.
RECOVERY_CODES = """
CREATE TABLE identity.recovery_code (
    user_id   id NOT NULL REFERENCES identity.second_factor (user_id) ON DELETE CASCADE,
    code_hmac text NOT NULL,
    PRIMARY KEY (user_id, code_hmac)
)
"""
# Whose password was right; what was used or is over has no row.
CHALLENGES = """
CREATE TABLE identity.mfa_challenge (
    digest     bytea PRIMARY KEY CHECK (length(digest) = 32),   -- SHA-256; the token itself is nowhere
    user_id    id NOT NULL REFERENCES identity.user (id),
    device     text CHECK (length(device) <= 100),
    expires_at timestamptz NOT NULL
)
"""
INDEXES = ("CREATE INDEX mfa_challenge_of_person ON identity.mfa_challenge (user_id)",)
# What one request may move in a currency without the second factor, where it is not what all currencies have.
LIMITS = """
CREATE TABLE ledger.step_up_limit (
    currency    char(3) PRIMARY KEY CHECK (currency ~ '^[A-Z]{3}$'),
    above_minor bigint NOT NULL CHECK (above_minor >= 0)
)
"""
SESSIONS = (
    # When the second factor was last shown within the session: then its tokens' auth_time.
    "ALTER TABLE identity.session ADD COLUMN stepped_up_at timestamptz",
    "ALTER TABLE identity.session DROP CONSTRAINT session_end_reason_check",
    """
    ALTER TABLE identity.session ADD CONSTRAINT session_end_reason_check
          CHECK (end_reason IN ('logout', 'reuse', 'disabled', 'password', 'owner', 'second_factor'))
    """,
)
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON identity.second_factor TO app_rw",
    "GRANT SELECT, INSERT, DELETE ON identity.recovery_code, identity.mfa_challenge TO app_rw",
    "GRANT SELECT ON ledger.step_up_limit TO app_rw, app_job",
    "GRANT INSERT, UPDATE, DELETE ON ledger.step_up_limit TO app_rw",
)


def upgrade() -> None:
    for statement in (SECOND_FACTORS, RECOVERY_CODES, CHALLENGES, *INDEXES, LIMITS, *SESSIONS, *GRANTS):
        op.execute(statement)
