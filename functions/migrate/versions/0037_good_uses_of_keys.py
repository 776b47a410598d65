"""The use of an API key is noted where it is good, which depends on where it comes from."""

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    # It comes back with one argument more, beside which this one would stay. Who names no address is served as before.
    op.execute("DROP FUNCTION IF EXISTS directory.use_api_key(text)")
