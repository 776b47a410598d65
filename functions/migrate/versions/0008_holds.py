"""Holds, which reserve money before it moves, and the targets of split transfers."""

from alembic import op

revision = "0008"
down_revision = "0007"

SPLITS = """
CREATE TABLE ledger.split_target (
    transaction_id id NOT NULL,
    place          smallint NOT NULL,                  -- the order of the request, from 1
    account_id     id NOT NULL,
    owner_id       id NOT NULL,
    amount_minor   bigint NOT NULL CHECK (amount_minor > 0),
    PRIMARY KEY (transaction_id, place)
)
"""
HOLDS = """
CREATE TABLE ledger.hold (
    transaction_id    id PRIMARY KEY,
    source_account_id id NOT NULL,
    source_stripe     smallint NOT NULL,
    source_owner_id   id NOT NULL,
    target_account_id id,                              -- null until somebody claims it
    target_owner_id   id,
    currency          char(3) NOT NULL,
    amount_minor      bigint NOT NULL CHECK (amount_minor > 0),
    captured_minor    bigint NOT NULL DEFAULT 0,
    remaining_minor   bigint NOT NULL,                 -- what is still held
    state             text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'captured', 'voided', 'expired')),
    expires_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    CONSTRAINT no_over_capture CHECK (captured_minor >= 0 AND captured_minor + remaining_minor <= amount_minor),
    CONSTRAINT open_holds_hold CHECK ((state = 'open') = (remaining_minor > 0)),
    CHECK ((state = 'open') = (ended_at IS NULL))
) WITH (fillfactor = 80)
"""
INDEXES = (
    "CREATE INDEX split_of_owner ON ledger.split_target (owner_id, transaction_id DESC)",
    "CREATE INDEX hold_of_target ON ledger.hold (target_account_id) WHERE state = 'open'",
    "CREATE INDEX hold_of_source ON ledger.hold (source_account_id, expires_at) WHERE state = 'open'",
    "CREATE INDEX hold_expiry ON ledger.hold (expires_at) WHERE state = 'open'",
)
HOLD_EDGES = """
CREATE FUNCTION ledger.check_hold_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' OR NEW.captured_minor < OLD.captured_minor OR NEW.amount_minor <> OLD.amount_minor
       OR NEW.transaction_id <> OLD.transaction_id OR NEW.source_account_id <> OLD.source_account_id
       OR NEW.source_stripe <> OLD.source_stripe
       OR OLD.target_account_id IS NOT NULL AND NEW.target_account_id <> OLD.target_account_id THEN
        RAISE EXCEPTION 'hold %: no allowed change', OLD.transaction_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = (
    "append_only BEFORE UPDATE OR DELETE ON ledger.split_target FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.split_target EXECUTE FUNCTION ledger.refuse_change()",
    "open_only BEFORE UPDATE ON ledger.hold FOR EACH ROW EXECUTE FUNCTION ledger.check_hold_edge()",
    "never_deleted BEFORE DELETE ON ledger.hold FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.hold EXECUTE FUNCTION ledger.refuse_change()",
)


def upgrade() -> None:
    for statement in (SPLITS, HOLDS, *INDEXES, HOLD_EDGES):
        op.execute(statement)
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO app_rw, app_job")
