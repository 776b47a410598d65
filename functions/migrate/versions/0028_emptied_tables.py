"""What is over leaves the tables in time; the indexes that finding it needs, and those of the lists of people."""

from alembic import op

revision = "0028"
down_revision = "0027"

# By when something is over. A session is over when it was ended or when it ran out, whichever came first.
OVER = (
    "CREATE INDEX email_change_expiry ON identity.email_change (expires_at)",
    "CREATE INDEX one_time_code_expiry ON identity.one_time_code (expires_at)",
    "CREATE INDEX mfa_challenge_expiry ON identity.mfa_challenge (expires_at)",
    "CREATE INDEX session_end ON identity.session (least(ended_at, ends_at))",
    "CREATE INDEX registration_expiry ON identity.registration (code_expires_at)",
)
# What the erasure of a person finds. An address has registrations that are not pending, too.
OF_PERSON = (
    "CREATE INDEX registration_of_person ON identity.registration (user_id)",
    "CREATE INDEX registration_of_address ON identity.registration (email_hmac, id DESC)",
    "DROP INDEX identity.registration_pending",
    "CREATE INDEX api_key_of_anybody ON identity.api_key (user_id, id DESC)",
    "CREATE INDEX method_of_anybody ON payment.method (owner_id)",
)
LISTS = (
    "CREATE INDEX user_admin ON identity.user (id) WHERE 'admin' = ANY (roles)",
    "CREATE INDEX user_by_status ON identity.user (status, id)",
)
# A card of somebody erased is known by brand and last digits alone.
METHODS = (
    """
    ALTER TABLE payment.method
      ALTER COLUMN processor_token DROP NOT NULL, ALTER COLUMN fingerprint DROP NOT NULL,
      ALTER COLUMN exp_month DROP NOT NULL, ALTER COLUMN exp_year DROP NOT NULL,
      ADD CONSTRAINT whole_until_removed
          CHECK (removed_at IS NOT NULL OR num_nulls(processor_token, fingerprint, exp_month, exp_year) = 0)
    """,
)
GRANTS = (
    "GRANT DELETE ON identity.attempt, identity.session, identity.refresh_token TO app_rw",
    "GRANT UPDATE (name, addresses) ON identity.api_key TO app_rw",
)


def upgrade() -> None:
    for statement in (*OVER, *OF_PERSON, *LISTS, *METHODS, *GRANTS):
        op.execute(statement)
