"""Payment methods, payments and refunds; answers kept for a key; the simulated processor's own tables."""

from alembic import op

revision = "0005"
down_revision = "0004"

# Answers of routes that do not call the ledger alone. A row without answer and living lease is of a request
# that died: the next one with the key goes on from `subject`, the object that the first commit made.
ANSWERS = """
CREATE TABLE ledger.stored_answer (
    principal    text COLLATE "C" NOT NULL,
    route        text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    fingerprint  text NOT NULL,
    request_id   text NOT NULL,                  -- of the request that makes the answer
    subject      id,
    leased_until timestamptz NOT NULL,
    status       smallint CHECK (status BETWEEN 200 AND 499),
    body         text,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (principal, route, key),
    CHECK ((status IS NULL) = (body IS NULL))
)
"""
# Of a card: the processor's token and what may be shown. The fingerprint is an HMAC, it finds a card again.
METHODS = """
CREATE TABLE payment.method (
    id              id PRIMARY KEY,
    owner_id        id NOT NULL,
    processor_token text NOT NULL,
    brand           text NOT NULL,
    last4           text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
    exp_month       smallint NOT NULL CHECK (exp_month BETWEEN 1 AND 12),
    exp_year        smallint NOT NULL CHECK (exp_year BETWEEN 2000 AND 2200),
    fingerprint     text COLLATE "C" NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    removed_at      timestamptz
)
"""
PAYMENTS = """
CREATE TABLE payment.payment (
    id              id PRIMARY KEY,              -- also the processor's idempotency key
    owner_id        id NOT NULL,
    wallet_id       id NOT NULL REFERENCES ledger.account (id),
    method_id       id NOT NULL REFERENCES payment.method (id),
    currency        char(3) NOT NULL,
    amount_minor    bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 1000000000000000),
    captured_minor  bigint NOT NULL DEFAULT 0 CHECK (captured_minor BETWEEN 0 AND amount_minor),
    refunding_minor bigint NOT NULL DEFAULT 0 CHECK (refunding_minor >= 0),
    refunded_minor  bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
    status          text NOT NULL DEFAULT 'processing' CHECK (status IN
                    ('processing', 'succeeded', 'partially_refunded', 'refunded', 'failed',
                     'requires_review')),
    decline_code    text,
    charge_id       text,                        -- the processor's name of the charge
    transaction_id  id,
    description     text,
    metadata        jsonb NOT NULL DEFAULT '{}',
    request_id      text NOT NULL,
    checks          smallint NOT NULL DEFAULT 0, -- how often the processor was asked what became of it
    next_check_at   timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 s',
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT never_above_captured CHECK (refunding_minor + refunded_minor <= captured_minor),
    CHECK ((status = 'failed') = (decline_code IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'partially_refunded', 'refunded')) = (captured_minor > 0)),
    CHECK ((captured_minor > 0) = (transaction_id IS NOT NULL)),
    CHECK ((captured_minor > 0) <= (charge_id IS NOT NULL))
)
"""
REFUNDS = """
CREATE TABLE payment.refund (
    id             id PRIMARY KEY,               -- also the processor's idempotency key
    payment_id     id NOT NULL REFERENCES payment.payment (id),
    owner_id       id NOT NULL,
    wallet_id      id NOT NULL,
    currency       char(3) NOT NULL,
    amount_minor   bigint NOT NULL CHECK (amount_minor BETWEEN 1 AND 1000000000000000),
    status         text NOT NULL DEFAULT 'processing'
                   CHECK (status IN ('processing', 'succeeded', 'failed', 'requires_review')),
    decline_code   text,
    reason         text,
    actor_id       id NOT NULL,
    transaction_id id NOT NULL,                  -- the movement that took the money out of the wallet
    request_id     text NOT NULL,
    checks         smallint NOT NULL DEFAULT 0,
    next_check_at  timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 s',
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK ((status = 'failed') = (decline_code IS NOT NULL))
)
"""
INDEXES = (
    "CREATE INDEX stored_answer_age ON ledger.stored_answer (created_at)",
    "CREATE UNIQUE INDEX method_unique ON payment.method (owner_id, fingerprint) WHERE removed_at IS NULL",
    "CREATE INDEX method_of_owner ON payment.method (owner_id, id DESC) WHERE removed_at IS NULL",
    "CREATE INDEX payment_of_owner ON payment.payment (owner_id, id DESC)",
    "CREATE INDEX payment_due ON payment.payment (next_check_at) WHERE status = 'processing'",
    "CREATE INDEX refund_of_owner ON payment.refund (owner_id, id DESC)",
    "CREATE INDEX refund_of_payment ON payment.refund (payment_id, id DESC)",
    "CREATE INDEX refund_due ON payment.refund (next_check_at) WHERE status = 'processing'",
)
# What was asked never changes, and the status moves along these edges only.
EDGES = """
CREATE FUNCTION payment.check_edge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := ARRAY['status', 'decline_code', 'charge_id', 'captured_minor', 'refunding_minor',
                               'refunded_minor', 'checks', 'next_check_at', 'updated_at'];
BEGIN
    IF OLD.status = 'processing' AND TG_TABLE_NAME = 'payment' THEN
        may_change := may_change || 'transaction_id'::text;
    END IF;
    IF (to_jsonb(NEW) - may_change) <> (to_jsonb(OLD) - may_change)
       OR OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
           ('processing', 'succeeded'), ('processing', 'failed'), ('processing', 'requires_review'),
           ('succeeded', 'partially_refunded'), ('succeeded', 'refunded'),
           ('partially_refunded', 'refunded')) THEN
        RAISE EXCEPTION '% %: % -> % is no allowed change', TG_TABLE_NAME, OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = tuple(
    f"CREATE TRIGGER allowed_edge BEFORE UPDATE ON payment.{table} FOR EACH ROW EXECUTE FUNCTION payment.check_edge()"
    for table in ("payment", "refund")
)
# The processor is another company that keeps its own books; numbers are not kept there either.
PROCESSOR = (
    """
    CREATE TABLE processor.token (
        id         text COLLATE "C" PRIMARY KEY,
        brand      text NOT NULL,
        last4      text NOT NULL CHECK (last4 ~ '^[0-9]{4}$'),
        behaviour  text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE processor.charge (
        idempotency_key text COLLATE "C" PRIMARY KEY,
        id              text COLLATE "C" NOT NULL UNIQUE,
        token           text COLLATE "C" NOT NULL REFERENCES processor.token (id),
        amount          bigint NOT NULL CHECK (amount > 0),
        currency        char(3) NOT NULL,
        refunded        bigint NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND amount),
        status          text NOT NULL CHECK (status IN ('approved', 'declined')),
        decline_code    text,
        created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((status = 'declined') = (decline_code IS NOT NULL))
    )
    """,
    """
    CREATE TABLE processor.refund (
        idempotency_key text COLLATE "C" PRIMARY KEY,
        id              text COLLATE "C" NOT NULL UNIQUE,
        charge_id       text COLLATE "C" NOT NULL REFERENCES processor.charge (id),
        amount          bigint NOT NULL CHECK (amount > 0),
        currency        char(3) NOT NULL,
        status          text NOT NULL CHECK (status IN ('approved', 'declined')),
        decline_code    text,
        created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK ((status = 'declined') = (decline_code IS NOT NULL))
    )
    """,
    # Requests that the processor "lost": each is lost once, the next one with the same key is served.
    """
    CREATE TABLE processor.lost_request (
        idempotency_key text COLLATE "C" PRIMARY KEY,
        created_at      timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
)
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE ON ledger.stored_answer TO app_rw",
    "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA payment TO app_rw",
    "GRANT SELECT, UPDATE ON payment.payment, payment.refund TO app_job",
    "GRANT SELECT ON payment.method TO app_job",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA processor TO app_rw",
    "GRANT UPDATE ON processor.charge TO app_rw",
)


def upgrade() -> None:
    for statement in (ANSWERS, METHODS, PAYMENTS, REFUNDS, *INDEXES, EDGES, *TRIGGERS, *PROCESSOR, *GRANTS):
        op.execute(statement)
