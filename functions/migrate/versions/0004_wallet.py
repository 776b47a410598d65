"""What a wallet is beyond its account: its name and metadata."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE wallet.wallet (
            id         id PRIMARY KEY REFERENCES ledger.account (id),
            owner_id   id NOT NULL,
            currency   char(3) NOT NULL,
            name       text,
            metadata   jsonb NOT NULL DEFAULT '{}',
            closed_at  timestamptz,
            created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )
    # One open unnamed wallet per person and currency, and one of each name.
    op.execute(
        "CREATE UNIQUE INDEX wallet_unique ON wallet.wallet (owner_id, currency, coalesce(name, '')) "
        "WHERE closed_at IS NULL"
    )
    op.execute("CREATE INDEX wallet_of_owner ON wallet.wallet (owner_id, id DESC)")
    op.execute("GRANT SELECT, INSERT, UPDATE ON wallet.wallet TO app_rw, app_job")
