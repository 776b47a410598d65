"""What only functions of the ledger write, no role writes by itself."""

from alembic import op

revision = "0018"
down_revision = "0017"

STATEMENTS = (
    "REVOKE DELETE ON ledger.idempotency_key, ledger.stored_answer, outbox.event FROM app_job",
    "REVOKE INSERT, UPDATE ON ledger.checkpoint FROM app_job",
    "REVOKE INSERT, DELETE ON ledger.contention FROM app_job",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
