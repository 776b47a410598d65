"""People: registrations, users, sessions, refresh tokens, and the counters that slow down guessing."""

from alembic import op

revision = "0003"
down_revision = "0002"

# An address in its normal form (paycore.email_address): what is compared, and where mail goes.
EMAIL = """text COLLATE "C" NOT NULL
                CHECK (length(email) <= 254 AND email = lower(email) AND email ~ '^[!-?A-~]+@[a-z0-9.-]+$')"""
PROFILE = """
    full_name     text NOT NULL CHECK (length(full_name) <= 100),
    phone         text CHECK (phone ~ '^[+][1-9][0-9]{6,14}$'),
    locale        text NOT NULL CHECK (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$')
"""
ROLES = "text[] NOT NULL CHECK (roles @> '{user}' AND roles <@ '{user,merchant,admin}')"

# Who asked for an account, or was invited to one (then no password is known yet). An address may have several
# pending ones; each code opens only its own. What is not pending keeps neither password nor code.
REGISTRATIONS = f"""
CREATE TABLE identity.registration (
    id              id PRIMARY KEY,
    user_id         id NOT NULL,                 -- the account that it becomes
    kind            text NOT NULL CHECK (kind IN ('self', 'invitation')),
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'verified', 'superseded')),
    email           {EMAIL},
    {PROFILE},
    roles           {ROLES},
    password_hash   text,
    code_hmac       text,
    code_sent_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    code_expires_at timestamptz NOT NULL,
    attempts        smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((state = 'pending') = (code_hmac IS NOT NULL)),
    CHECK ((state = 'pending' AND kind = 'self') = (password_hash IS NOT NULL))
)
"""
USERS = f"""
CREATE TABLE identity.user (
    id            id PRIMARY KEY,
    email         {EMAIL} UNIQUE,
    {PROFILE},
    roles         {ROLES},
    status        text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    password_hash text NOT NULL,
    version       bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
# A session is a family of refresh tokens: it ends as a whole.
SESSIONS = """
CREATE TABLE identity.session (
    id               id PRIMARY KEY,
    user_id          id NOT NULL REFERENCES identity.user (id),
    device           text CHECK (length(device) <= 100),
    amr              text[] NOT NULL,            -- RFC 8176
    authenticated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at          timestamptz NOT NULL,       -- the absolute end of the family
    ended_at         timestamptz,
    end_reason       text CHECK (end_reason IN ('logout', 'reuse', 'disabled', 'password')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
)
"""
REFRESH_TOKENS = """
CREATE TABLE identity.refresh_token (
    session_id    id NOT NULL REFERENCES identity.session (id),
    position      integer NOT NULL CHECK (position > 0),
    digest        bytea NOT NULL UNIQUE CHECK (length(digest) = 32),   -- SHA-256; the token itself is nowhere
    expires_at    timestamptz NOT NULL,
    rotated_at    timestamptz,                   -- null: not used yet
    successor_key text,                          -- the id of the key that made the successor
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (session_id, position),
    CHECK ((rotated_at IS NULL) = (successor_key IS NULL))
)
"""
# One row per account or source, named by an HMAC: it tells nobody which addresses were tried.
ATTEMPTS = """
CREATE TABLE identity.attempt (
    subject           text COLLATE "C" PRIMARY KEY,
    taken             integer NOT NULL CHECK (taken >= 0),
    window_started_at timestamptz NOT NULL
) WITH (fillfactor = 70)
"""
INDEXES = (
    "CREATE INDEX registration_pending ON identity.registration (email, id DESC) WHERE state = 'pending'",
    "CREATE INDEX session_live ON identity.session (user_id) WHERE ended_at IS NULL",
    "CREATE INDEX attempt_age ON identity.attempt (window_started_at)",
)


def upgrade() -> None:
    for statement in (REGISTRATIONS, USERS, SESSIONS, REFRESH_TOKENS, ATTEMPTS, *INDEXES):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA identity TO app_rw")
