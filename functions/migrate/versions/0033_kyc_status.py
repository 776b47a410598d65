"""Whether a person's identity is verified, told beside the roles; limits for whoever is not."""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE identity.user ADD COLUMN kyc_status text NOT NULL DEFAULT 'none' "
        "CHECK (kyc_status IN ('none', 'pending', 'verified', 'rejected'))"
    )
    # Whose request waits for an admin is looked for among all people, of whom most never ask.
    op.execute("CREATE INDEX user_by_kyc_status ON identity.user (kyc_status, id) WHERE kyc_status <> 'none'")
    op.execute("ALTER TABLE ledger.spending_limit DROP CONSTRAINT spending_limit_role_check")
    op.execute(
        "ALTER TABLE ledger.spending_limit ADD CONSTRAINT spending_limit_role_check "
        "CHECK (role IN ('user', 'merchant', 'unverified'))"
    )
    # They come back with one more column, which no CREATE OR REPLACE can add.
    op.execute("DROP FUNCTION IF EXISTS directory.session_state(text)")
    op.execute("DROP FUNCTION IF EXISTS directory.use_api_key(text)")
    op.execute("DROP FUNCTION IF EXISTS directory.person_state(text)")
