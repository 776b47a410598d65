"""Payment methods, payments and refunds; the simulated processor's own tables."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    pass
