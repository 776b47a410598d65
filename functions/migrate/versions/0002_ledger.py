"""The ledger's tables: accounts, balances, transactions, entries, idempotency keys; and their immutability."""

from alembic import op

revision = "0002"
down_revision = "0001"

ACCOUNTS = """
CREATE TABLE ledger.account (
    id                 id PRIMARY KEY,
    owner_id           id,                       -- null: one of our own accounts
    kind               text NOT NULL CHECK (kind IN ('wallet', 'clearing_card', 'clearing_bank', 'fees', 'fx',
                                                     'rounding', 'suspense', 'disputes', 'opening')),
    currency           char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    credit_limit_minor bigint NOT NULL DEFAULT 0 CHECK (credit_limit_minor >= 0),
    state              text NOT NULL DEFAULT 'active'
                       CHECK (state IN ('active', 'debit_frozen', 'credit_frozen', 'frozen', 'closed')),
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((kind = 'wallet') = (owner_id IS NOT NULL))
)
"""
# Half-empty pages keep the balance updates on the same page (HOT): no column that changes is indexed.
BALANCES = """
CREATE TABLE ledger.balance (
    account_id   id NOT NULL REFERENCES ledger.account (id),
    stripe       smallint NOT NULL DEFAULT 0,
    posted_minor bigint NOT NULL DEFAULT 0,
    held_minor   bigint NOT NULL DEFAULT 0 CHECK (held_minor >= 0),
    floor_minor  bigint DEFAULT 0,               -- null: a system account, it mirrors the outside world
    version      bigint NOT NULL DEFAULT 1,
    posted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, stripe),
    CONSTRAINT enough_funds CHECK (posted_minor - held_minor >= floor_minor)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)
"""
TRANSACTIONS = """
CREATE TABLE ledger.transaction (
    id                id PRIMARY KEY,
    kind              text NOT NULL,
    status            text NOT NULL CHECK (status IN ('pending', 'completed', 'partially_captured', 'captured',
                          'voided', 'expired', 'reversed', 'partially_reversed', 'failed')),
    currency          char(3) NOT NULL,
    amount_minor      bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 1000000000000000),
    source_account_id id NOT NULL,
    source_owner_id   id,
    target_account_id id NOT NULL,
    target_owner_id   id,
    actor_id          text NOT NULL,
    description       text,
    external_id       text,
    reason            text,
    metadata          jsonb NOT NULL DEFAULT '{}',
    failure_code      text,
    request_id        text NOT NULL,
    requested_at      timestamptz NOT NULL,
    posted_at         timestamptz,
    CHECK ((status = 'failed') = (failure_code IS NOT NULL)),
    CHECK ((status = 'failed') = (posted_at IS NULL))
)
"""
ENTRIES = """
CREATE TABLE ledger.entry (
    transaction_id id NOT NULL REFERENCES ledger.transaction (id),
    account_id     id NOT NULL,
    stripe         smallint NOT NULL DEFAULT 0,
    version        bigint NOT NULL,              -- the balance row's version that this entry made
    amount_minor   bigint NOT NULL CHECK (amount_minor <> 0 AND abs(amount_minor) <= 1000000000000000),
    currency       char(3) NOT NULL,
    balance_after  bigint NOT NULL,
    posted_at      timestamptz NOT NULL,
    PRIMARY KEY (account_id, stripe, version)
)
"""
EXTERNAL_IDS = """
CREATE TABLE ledger.external_id (
    owner_id       id NOT NULL,
    external_id    text COLLATE "C" NOT NULL,
    transaction_id id NOT NULL,
    PRIMARY KEY (owner_id, external_id)
)
"""
KEYS = """
CREATE TABLE ledger.idempotency_key (
    principal   text COLLATE "C" NOT NULL,
    route       text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    request_id  text NOT NULL,                   -- of the request that made the answer
    answer      jsonb,                           -- null only inside the transaction that claims the key
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, route, key)
)
"""
# Both parties' histories are read by owner, newest first. A failed one is its initiator's alone.
INDEXES = (
    "CREATE INDEX transaction_of_source ON ledger.transaction (source_owner_id, id DESC)",
    "CREATE INDEX transaction_of_target ON ledger.transaction (target_owner_id, id DESC) WHERE status <> 'failed'",
    "CREATE INDEX transaction_from ON ledger.transaction (source_account_id, id DESC)",
    "CREATE INDEX transaction_to ON ledger.transaction (target_account_id, id DESC) WHERE status <> 'failed'",
    "CREATE INDEX entry_of_transaction ON ledger.entry (transaction_id)",
    "CREATE INDEX key_age ON ledger.idempotency_key (created_at)",
)
TRIGGER_FUNCTIONS = (
    """
    CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    # Of a transaction only the status may change, along these edges; the reference points move with it.
    """
    CREATE FUNCTION ledger.check_status_edge() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (to_jsonb(NEW) - 'status') <> (to_jsonb(OLD) - 'status')
           OR (OLD.status, NEW.status) NOT IN (
               ('pending', 'partially_captured'), ('pending', 'captured'), ('pending', 'voided'),
               ('pending', 'expired'), ('partially_captured', 'captured'), ('partially_captured', 'expired'),
               ('completed', 'partially_reversed'), ('completed', 'reversed'),
               ('partially_reversed', 'partially_reversed'), ('partially_reversed', 'reversed')) THEN
            RAISE EXCEPTION 'transaction %: % -> % is no allowed change', OLD.id, OLD.status, NEW.status
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    # Double entry: the entries of one transaction arrive in one statement and sum to zero in each currency.
    """
    CREATE FUNCTION ledger.check_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        broken text;
    BEGIN
        SELECT transaction_id INTO broken FROM arrived
         GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0 LIMIT 1;
        IF broken IS NOT NULL THEN
            RAISE EXCEPTION 'the entries of % do not sum to zero', broken USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
)
TRIGGERS = (
    "append_only BEFORE UPDATE OR DELETE ON ledger.entry FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.entry EXECUTE FUNCTION ledger.refuse_change()",
    """zero_sum AFTER INSERT ON ledger.entry REFERENCING NEW TABLE AS arrived
       FOR EACH STATEMENT EXECUTE FUNCTION ledger.check_zero_sum()""",
    "status_only BEFORE UPDATE ON ledger.transaction FOR EACH ROW EXECUTE FUNCTION ledger.check_status_edge()",
    "never_deleted BEFORE DELETE ON ledger.transaction FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "never_truncated BEFORE TRUNCATE ON ledger.transaction EXECUTE FUNCTION ledger.refuse_change()",
)


def upgrade() -> None:
    for table in (ACCOUNTS, BALANCES, TRANSACTIONS, ENTRIES, EXTERNAL_IDS, KEYS):
        op.execute(table)
    for statement in (*INDEXES, *TRIGGER_FUNCTIONS):
        op.execute(statement)
    for trigger in TRIGGERS:
        op.execute(f"CREATE TRIGGER {trigger}")
    # The application reads; it writes only through the functions, which run as their owner.
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO app_rw, app_job")
    # Time-outs live on the roles: a SET from the application would pin an RDS Proxy connection.
    for role, statement_s, lock_s in (("app_rw", 2, 1), ("app_job", 30, 2)):
        op.execute(f"ALTER ROLE {role} SET statement_timeout = '{statement_s}s'")
        op.execute(f"ALTER ROLE {role} SET lock_timeout = '{lock_s}s'")
        op.execute(f"ALTER ROLE {role} SET idle_in_transaction_session_timeout = '5s'")
