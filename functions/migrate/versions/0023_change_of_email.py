"""Changes of e-mail addresses: asked for with the password, made with a code that the new address got."""

from alembic import op

revision = "0023"
down_revision = "0022"

# Of one person one is open. Two ids, because two addresses are told: `directory.address_of` answers the new one for
# `id` and the old one for `notice_id`, so that no event carries an address.
EMAIL_CHANGES = """
CREATE TABLE identity.email_change (
    id           id PRIMARY KEY,
    notice_id    id NOT NULL UNIQUE,
    user_id      id NOT NULL REFERENCES identity.user (id),
    old_email    text NOT NULL,
    new_email    text NOT NULL,
    code_hmac    text NOT NULL,
    attempts     smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    expires_at   timestamptz NOT NULL,
    completed_at timestamptz
)
"""
INDEXES = ("CREATE INDEX email_change_of_person ON identity.email_change (user_id, id)",)


def upgrade() -> None:
    for statement in (EMAIL_CHANGES, *INDEXES):
        op.execute(statement)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identity.email_change TO app_rw")
