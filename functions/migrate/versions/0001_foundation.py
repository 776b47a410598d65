"""Roles, schemas and the outbox."""

from alembic import op

revision = "0001"
down_revision = None

SCHEMAS = ("ledger", "identity", "wallet", "payment", "processor", "directory", "outbox")


def upgrade() -> None:
    _make_roles()
    _make_schemas()
    _make_outbox()


def _make_roles() -> None:
    for role in ("app_rw", "app_job"):
        op.execute(f"DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        op.execute(f"DO $$ BEGIN GRANT rds_iam TO {role}; EXCEPTION WHEN undefined_object THEN NULL; END $$")


def _make_schemas() -> None:
    for schema in SCHEMAS:
        op.execute(f"CREATE SCHEMA {schema}")
        op.execute(f"GRANT USAGE ON SCHEMA {schema} TO app_rw, app_job")
    # Ids are ASCII and compared as bytes, whatever the collation of the database.
    op.execute('CREATE DOMAIN public.id AS text COLLATE "C" CHECK (length(VALUE) BETWEEN 5 AND 40)')


def _make_outbox() -> None:
    op.execute(
        """
        CREATE TABLE outbox.event (
            id            bigint NOT NULL,           -- microseconds of the staging: the order within a key
            event_id      id NOT NULL,
            topic         text NOT NULL,
            partition_key text COLLATE "C" NOT NULL,
            type          text NOT NULL,
            version       integer NOT NULL DEFAULT 1,
            subject       id NOT NULL,
            request_id    text NOT NULL,
            data          jsonb NOT NULL,
            created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
            published_at  timestamptz,
            PRIMARY KEY (id, event_id)
        )
        """
    )
    op.execute("CREATE INDEX event_unpublished ON outbox.event (id, event_id) WHERE published_at IS NULL")
    op.execute(
        """
        CREATE TABLE outbox.lease (
            name       text PRIMARY KEY,
            holder     text NOT NULL,
            fence      bigint NOT NULL,              -- grows with every new holder
            expires_at timestamptz NOT NULL
        )
        """
    )
    op.execute("GRANT INSERT ON outbox.event TO app_rw, app_job")
    op.execute("GRANT SELECT, UPDATE ON outbox.event TO app_job")
    op.execute("GRANT SELECT, INSERT, UPDATE ON outbox.lease TO app_job")
