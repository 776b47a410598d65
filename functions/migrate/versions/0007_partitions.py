"""Transactions, entries and events in monthly partitions; a transaction carries its answer; a key is one row."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

SQL = Path(__file__).parent.parent / "sql" / "ledger"

# Partitioned by id, whose first ten characters are the milliseconds: ledger.first_id.
TRANSACTIONS = """
CREATE TABLE ledger.new_transaction (
    id                id NOT NULL,
    kind              text NOT NULL,
    status            text NOT NULL CHECK (status IN ('pending', 'completed', 'partially_captured', 'captured',
                          'voided', 'expired', 'reversed', 'partially_reversed', 'failed')),
    version           smallint NOT NULL DEFAULT 1,     -- rises with each change of the status
    currency          char(3) NOT NULL,
    amount_minor      bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 1000000000000000),
    source_account_id id NOT NULL,
    source_owner_id   id,
    target_account_id id,                              -- null: several (ledger.split_target), or nobody known yet
    target_owner_id   id,
    original_id       id,                              -- the hold that it captures or voids, the movement it reverses
    actor_id          text NOT NULL,
    description       text,
    external_id       text,
    reason            text,
    metadata          jsonb NOT NULL DEFAULT '{}',
    legs              jsonb NOT NULL DEFAULT '[]',     -- its entries as its answer tells them
    details           jsonb NOT NULL DEFAULT '{}',     -- what only its kind has: splits, conversion, end of a hold
    failure           jsonb,                           -- the refusal: {code, ...facts}
    request_id        text NOT NULL,
    requested_at      timestamptz NOT NULL,
    posted_at         timestamptz,                     -- null: nothing was posted (failed, or a hold)
    CHECK ((status = 'failed') = (failure IS NOT NULL)),
    CHECK ((status = 'failed' OR kind = 'hold') = (posted_at IS NULL)),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id)
"""
# Partitioned by the instant, which rises with the version of a balance row: newest first stops at the first partition.
ENTRIES = """
CREATE TABLE ledger.new_entry (
    transaction_id id NOT NULL,
    account_id     id NOT NULL,
    stripe         smallint NOT NULL DEFAULT 0,
    version        bigint NOT NULL,                    -- the balance row's version that this entry made
    amount_minor   bigint NOT NULL CHECK (amount_minor <> 0 AND abs(amount_minor) <= 1000000000000000),
    currency       char(3) NOT NULL,
    balance_after  bigint NOT NULL,
    gathers        boolean NOT NULL DEFAULT false,     -- between stripes of one account: nobody outside sees it
    posted_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, stripe, version, posted_at)
) PARTITION BY RANGE (posted_at)
"""
OUTBOX = """
CREATE TABLE outbox.new_event (LIKE outbox.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)
"""
INDEXES = (
    "CREATE INDEX transaction_of_source ON ledger.transaction (source_owner_id, id DESC)",
    "CREATE INDEX transaction_of_target ON ledger.transaction (target_owner_id, id DESC) WHERE status <> 'failed'",
    "CREATE INDEX failed_transaction_of_actor ON ledger.transaction (actor_id, id DESC) WHERE status = 'failed'",
    "CREATE INDEX transaction_of_original ON ledger.transaction (original_id) WHERE original_id IS NOT NULL",
)
# A key is one row, written once: the answer of a movement stands in its transaction. The rows lie in the order of their
# age, so the smallest of indexes finds the old ones.
KEYS = (
    "ALTER TABLE ledger.idempotency_key ADD COLUMN transaction_id id",
    "DROP INDEX ledger.key_age",
    "CREATE INDEX key_age ON ledger.idempotency_key USING brin (created_at) WITH (pages_per_range = 32)",
)
# Of a transaction only the status and its version may change, along these edges.
STATUS_EDGES = """
CREATE OR REPLACE FUNCTION ledger.check_status_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - '{status,version}'::text[]) <> (to_jsonb(OLD) - '{status,version}'::text[])
       OR NEW.version <> OLD.version + 1
       OR (OLD.status, NEW.status) NOT IN (
           ('pending', 'partially_captured'), ('pending', 'captured'), ('pending', 'voided'),
           ('pending', 'expired'), ('partially_captured', 'partially_captured'), ('partially_captured', 'captured'),
           ('partially_captured', 'voided'), ('partially_captured', 'expired'),
           ('completed', 'partially_reversed'), ('completed', 'reversed'),
           ('partially_reversed', 'partially_reversed'), ('partially_reversed', 'reversed')) THEN
        RAISE EXCEPTION 'transaction %: % -> % is no allowed change', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# The TRUNCATE trigger of a partitioned table does not fire for its partitions: ledger.make_partition adds it to each.
TRIGGERS = (
    "append_only BEFORE UPDATE OR DELETE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.entry EXECUTE FUNCTION ledger.refuse_change()",
    """zero_sum AFTER INSERT ON ledger.entry REFERENCING NEW TABLE AS arrived
       FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_zero_sum()""",
    "status_only BEFORE UPDATE ON ledger.transaction FOR EACH ROW EXECUTE FUNCTION ledger.check_status_edge()",
    "never_deleted BEFORE DELETE ON ledger.transaction FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.transaction EXECUTE FUNCTION ledger.refuse_change()",
)
PARTITIONED = {
    "ledger.transaction": """
        INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor, source_account_id, source_owner_id,
            target_account_id, target_owner_id, actor_id, description, external_id, reason, metadata, failure, legs,
            request_id, requested_at, posted_at)
        SELECT id, kind, status, currency, amount_minor, source_account_id, source_owner_id, target_account_id,
            target_owner_id, actor_id, description, external_id, reason, metadata,
            CASE WHEN failure_code IS NOT NULL THEN jsonb_build_object('code', failure_code) END,
            coalesce((SELECT jsonb_agg(jsonb_build_object('account_id', e.account_id, 'owner_id', a.owner_id,
                             'amount', e.amount_minor, 'stripe', 0, 'stripe_version', e.version,
                             'balance_after', e.balance_after, 'version', e.version) ORDER BY e.amount_minor)
                        FROM ledger.old_entry e JOIN ledger.account a ON a.id = e.account_id
                       WHERE e.transaction_id = t.id), '[]'),
            request_id, requested_at, posted_at FROM ledger.old_transaction t
        """,
    "ledger.entry": """
        INSERT INTO ledger.entry (transaction_id, account_id, stripe, version, amount_minor, currency, balance_after,
            posted_at)
        SELECT transaction_id, account_id, stripe, version, amount_minor, currency, balance_after, posted_at
          FROM ledger.old_entry
        """,
    "outbox.event": "INSERT INTO outbox.event SELECT * FROM outbox.old_event",
}


def upgrade() -> None:
    for statement in (TRANSACTIONS, ENTRIES, OUTBOX):
        op.execute(statement)
    _exchange_tables()
    for statement in (*INDEXES, *KEYS, STATUS_EDGES):
        op.execute(statement)
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO app_rw, app_job")
    op.execute("GRANT INSERT ON outbox.event TO app_rw, app_job")
    op.execute("GRANT SELECT, UPDATE, DELETE ON outbox.event TO app_job")
    op.execute("GRANT DELETE ON ledger.idempotency_key, ledger.stored_answer TO app_job")


def _exchange_tables() -> None:
    """The partitioned tables take the names and the rows of the plain ones."""
    for table in PARTITIONED:
        schema, name = table.split(".")
        op.execute(f"ALTER TABLE {table} RENAME TO old_{name}")
        op.execute(f"ALTER TABLE {schema}.new_{name} RENAME TO {name}")
    for function in ("first_id", "make_partition", "make_partitions"):
        op.execute((SQL / f"{function}.sql").read_text(encoding="utf-8"))
    op.execute("SELECT ledger.make_partitions('2026-01-01', clock_timestamp() + interval '6 months')")
    for copy in PARTITIONED.values():
        op.execute(copy)
    op.execute("DROP TABLE ledger.old_entry, ledger.old_transaction, outbox.old_event")
    op.execute("CREATE INDEX event_unpublished ON outbox.event (id, event_id) WHERE published_at IS NULL")
