"""Every rule that the ledger's tables keep by themselves, and the triggers of all, with a statement that it refuses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pg8000.native

from tests.sql.rows import VALID, Row


def insertion(table: str, changes: Row) -> str:
    row = {**VALID[table], **changes}
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})"  # noqa: S608  # our own text


def _truncation(table: str) -> str:
    """Of the table when its partitions let it happen, so that the table's own trigger is all that is left."""
    return f"""
        DO $$ DECLARE part regclass; BEGIN
            FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '{table}'::regclass LOOP
                EXECUTE format('DROP TRIGGER never_truncated ON %s', part);
            END LOOP;
            TRUNCATE {table};
        END $$"""  # noqa: S608  # our own names


_END = "UPDATE ledger.hold SET state = 'voided', remaining_minor = 0, ended_at = now()"
_CHARGE = (
    "UPDATE payment.payment SET status = '{status}', captured_minor = 5, transaction_id = 'tx_one', charge_id = 'ch_1'"
)
_CHARGE_AGAIN = "; UPDATE payment.payment SET transaction_id = 'tx_other'"
_REOPEN = "; UPDATE ledger.hold SET state = 'open', remaining_minor = 5, ended_at = NULL"
TOO_MUCH = str(10**15 + 1)
# By table and name: what is wrong with an otherwise valid row. A key is broken by the same row once more.
CONSTRAINTS: Mapping[tuple[str, str], Row] = {
    ("ledger.account", "account_check"): {"owner_id": "NULL"},
    ("ledger.account", "account_currency_check"): {"currency": "'eur'"},
    ("ledger.account", "account_kind_check"): {"kind": "'purse'", "owner_id": "NULL"},
    ("ledger.account", "account_pkey"): {},
    ("ledger.account", "account_stripes_check"): {"stripes": "65"},
    ("ledger.balance", "balance_account_id_fkey"): {"account_id": "'wal_nowhere'"},
    ("ledger.balance", "balance_pkey"): {},
    ("ledger.balance", "enough_funds"): {"posted_minor": "4"},
    ("ledger.checkpoint", "checkpoint_pkey"): {},
    ("ledger.entry", "entry_pkey"): {},
    ("ledger.exchange_rate", "exchange_rate_check"): {"target_currency": "'EUR'"},
    ("ledger.exchange_rate", "exchange_rate_pkey"): {},
    ("ledger.exchange_rate", "exchange_rate_rate_check"): {"rate": "0"},
    ("ledger.exchange_rate", "exchange_rate_source_currency_check"): {"source_currency": "'eur'"},
    ("ledger.exchange_rate", "exchange_rate_target_currency_check"): {"target_currency": "'usd'"},
    ("ledger.expected_credit", "expected_credit_pkey"): {},
    ("ledger.external_id", "external_id_pkey"): {},
    ("ledger.hold", "hold_amount_minor_check"): {
        "amount_minor": "0",
        "remaining_minor": "0",
        "state": "'voided'",
        "ended_at": "now()",
    },
    ("ledger.hold", "hold_check"): {"ended_at": "now()"},
    ("ledger.hold", "hold_pkey"): {},
    ("ledger.hold", "hold_state_check"): {"state": "'lost'", "remaining_minor": "0", "ended_at": "now()"},
    ("ledger.hold", "no_over_capture"): {"captured_minor": "1"},
    ("ledger.hold", "open_holds_hold"): {"remaining_minor": "0"},
    ("ledger.idempotency_key", "idempotency_key_pkey"): {},
    ("ledger.quote", "quote_pkey"): {},
    ("ledger.quote", "quote_rate_id_fkey"): {"id": "'quo_2'", "rate_id": "'rate_nowhere'"},
    ("ledger.quote", "quote_source_amount_minor_check"): {"source_amount_minor": "0"},
    ("ledger.quote", "quote_target_amount_minor_check"): {"target_amount_minor": TOO_MUCH},
    ("ledger.spending", "spending_pkey"): {},
    ("ledger.spending_limit", "spending_limit_count_per_hour_check"): {"count_per_hour": "0"},
    ("ledger.spending_limit", "spending_limit_currency_check"): {"currency": "'chf'"},
    ("ledger.spending_limit", "spending_limit_per_day_minor_check"): {"per_day_minor": "0"},
    ("ledger.spending_limit", "spending_limit_per_month_minor_check"): {"per_month_minor": "0"},
    ("ledger.spending_limit", "spending_limit_per_transaction_minor_check"): {"per_transaction_minor": "0"},
    ("ledger.spending_limit", "spending_limit_pkey"): {},
    ("ledger.spending_limit", "spending_limit_role_check"): {"role": "'admin'"},
    ("ledger.split_target", "split_target_amount_minor_check"): {"amount_minor": "0"},
    ("ledger.split_target", "split_target_pkey"): {},
    ("ledger.step_up_limit", "step_up_limit_above_minor_check"): {"above_minor": "-1"},
    ("ledger.step_up_limit", "step_up_limit_currency_check"): {"currency": "'chf'"},
    ("ledger.step_up_limit", "step_up_limit_pkey"): {},
    ("ledger.stored_answer", "stored_answer_check"): {"body": "'{}'"},
    ("ledger.stored_answer", "stored_answer_pkey"): {},
    ("ledger.stored_answer", "stored_answer_status_check"): {"status": "500", "body": "'{}'"},
    ("ledger.transaction", "new_transaction_check"): {"failure": "'{}'"},
    ("ledger.transaction", "new_transaction_check1"): {"posted_at": "now()"},
    ("ledger.transaction", "new_transaction_pkey"): {},
    ("ledger.verification", "verification_check"): {"status": "'fail'"},
    ("ledger.verification", "verification_pkey"): {},
    ("ledger.verification", "verification_status_check"): {"status": "'unsure'"},
    ("outbox.lease", "lease_pkey"): {},
    ("outbox.stuck_key", "stuck_key_pkey"): {},
}
# By domain and name: a table with such a column, and what is wrong with its row.
DOMAINS: Mapping[tuple[str, str], tuple[str, Row]] = {
    ("id", "id_check"): ("ledger.account", {"id": "'w'"}),
    ("ledger.account_state", "account_state_check"): ("ledger.balance", {"state": "'asleep'"}),
    ("ledger.amount", "amount_check"): ("ledger.transaction", {"amount_minor": TOO_MUCH}),
    ("ledger.held_amount", "held_amount_check"): ("ledger.balance", {"held_minor": "-1"}),
    ("ledger.signed_amount", "signed_amount_check"): ("ledger.entry", {"amount_minor": "0"}),
    ("ledger.transaction_status", "transaction_status_check"): ("ledger.transaction", {"status": "'lost'"}),
}
# By table and name: statements of which each is refused. Partitions have a TRUNCATE trigger of their own.
TRIGGERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ledger.entry", "append_only"): ("UPDATE ledger.entry SET balance_after = 1", "DELETE FROM ledger.entry"),
    ("ledger.entry", "never_truncated"): (_truncation("ledger.entry"),),
    ("ledger.entry", "zero_sum"): (insertion("ledger.entry", {"version": "3"}),),
    ("ledger.hold", "never_deleted"): ("DELETE FROM ledger.hold",),
    ("ledger.hold", "never_truncated"): ("TRUNCATE ledger.hold",),
    ("ledger.hold", "open_only"): (
        "UPDATE ledger.hold SET amount_minor = 6",
        "UPDATE ledger.hold SET source_stripe = 1",
        "UPDATE ledger.hold SET source_account_id = 'wal_2'",
        "UPDATE ledger.hold SET transaction_id = 'tx_other'",
        "UPDATE ledger.hold SET captured_minor = 1, remaining_minor = 4; UPDATE ledger.hold SET captured_minor = 0",
        "UPDATE ledger.hold SET target_account_id = 'wal_2'; UPDATE ledger.hold SET target_account_id = 'wal_3'",
        _END + _REOPEN,
    ),
    ("ledger.split_target", "append_only"): (
        "UPDATE ledger.split_target SET amount_minor = 6",
        "DELETE FROM ledger.split_target",
    ),
    ("ledger.split_target", "never_truncated"): ("TRUNCATE ledger.split_target",),
    ("ledger.transaction", "never_deleted"): ("DELETE FROM ledger.transaction",),
    ("ledger.transaction", "never_truncated"): (_truncation("ledger.transaction"),),
    ("ledger.transaction", "status_only"): (
        "UPDATE ledger.transaction SET status = 'reversed', version = version + 1",
        "UPDATE ledger.transaction SET status = 'captured'",
        "UPDATE ledger.transaction SET description = 'other'",
    ),
    ("payment.payment", "allowed_edge"): (
        "UPDATE payment.payment SET amount_minor = 6",
        _CHARGE.format(status="refunded"),
        _CHARGE.format(status="succeeded") + _CHARGE_AGAIN,
    ),
    ("payment.refund", "allowed_edge"): (
        "UPDATE payment.refund SET amount_minor = 6",
        "UPDATE payment.refund SET transaction_id = 'tx_other'",
        "UPDATE payment.refund SET status = 'succeeded'; UPDATE payment.refund SET status = 'processing'",
    ),
}
REFUSED_BY_TRIGGER = ("23001", "23514")  # restrict_violation; check_violation without a constraint's name


@contextmanager
def rows(connection: pg8000.native.Connection) -> Iterator[None]:
    """Within it every table has one valid row; afterwards everything is as before, also the schema."""
    connection.run("BEGIN")
    try:
        connection.run("ALTER TABLE ledger.entry DISABLE TRIGGER zero_sum")  # one entry alone sums to nothing
        for table in VALID:
            connection.run(insertion(table, {}))
        connection.run("ALTER TABLE ledger.entry ENABLE TRIGGER zero_sum")
        yield
    finally:
        connection.run("ROLLBACK")


def refusal(connection: pg8000.native.Connection, statement: str) -> tuple[str, str]:
    """SQLSTATE and the constraint's name, if it has one, with which the statement is refused; empty if it is not."""
    connection.run("SAVEPOINT before")
    try:
        connection.run(statement)
    except pg8000.native.DatabaseError as error:
        told = error.args[0]
        return told["C"], told.get("n", "")
    finally:
        connection.run("ROLLBACK TO SAVEPOINT before")
    return "", ""


def keeps(connection: pg8000.native.Connection, table: str, changes: Row, constraint: str) -> bool:
    """Whether it is this constraint that refuses the row it is there for."""
    if table == "ledger.entry":
        connection.run("ALTER TABLE ledger.entry DISABLE TRIGGER zero_sum")
    name = refusal(connection, insertion(table, changes))[1]
    if constraint.endswith("_pkey"):  # of a partition it has the partition's name
        return name.startswith(table.partition(".")[2]) and name.endswith("_pkey")
    return name == constraint


def guards(connection: pg8000.native.Connection, statement: str) -> bool:
    """Whether a trigger refuses the statement."""
    code, constraint = refusal(connection, statement)
    return code in REFUSED_BY_TRIGGER and not constraint
