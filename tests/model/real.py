"""The real ledger as the model's test sees it: asked through the port, read as the owner of its tables."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from local.configuration import Configuration
from local.secrets import database_logins
from local.services.postgres import OWNER, connect
from paycore.database import one_statement
from paycore.errors import PaymentError
from paycore.ledger.outcome import Outcome, Transaction
from paycore.ledger.post import AnyCommand, post
from tests.integration.outbox_desk import as_function, own_database
from tests.model.book import Answer, Facts, Limits

PER_TRANSACTION = 400  # of a role
LIMITS = Limits(per_transaction=PER_TRANSACTION, per_day=1_200, per_month=1_500, per_hour=10)
STEP_UP_ABOVE = {"EUR": 90, "USD": 0}  # amounts up to 130 are drawn most
# Of the unverified some are lower and some not, one is not there, and in a currency only they have some.
LIMITED = {
    ("user", "EUR"): LIMITS,
    ("user", "USD"): LIMITS,
    ("merchant", "EUR"): LIMITS,
    ("unverified", "EUR"): Limits(per_transaction=300, per_day=None, per_month=1_600, per_hour=6),
    ("unverified", "JPY"): Limits(per_transaction=None, per_day=200, per_month=None, per_hour=None),
}
RATES = {
    ("EUR", "USD"): Decimal("1.085"),
    ("USD", "EUR"): Decimal("0.5"),
    ("EUR", "JPY"): Decimal("161.37"),
    ("JPY", "EUR"): Decimal("0.0062"),
}

_WALLETS = """
SELECT jsonb_object_agg(w.id, w.told) FROM (
    SELECT a.id, jsonb_build_object('posted', sum(b.posted_minor), 'held', sum(b.held_minor),
           'limit', -sum(b.floor_minor), 'state', min(b.state), 'state2', max(b.state), 'version', sum(b.version),
           'stripes', max(a.stripes), 'rows', count(*)) AS told
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
     WHERE a.id = ANY(string_to_array(:wallets, ',')) GROUP BY a.id) w
"""
_BOOKS = """
SELECT jsonb_build_object(
  'holds', (SELECT coalesce(jsonb_object_agg(h.transaction_id, jsonb_build_array(
                h.amount_minor, h.captured_minor, h.remaining_minor, h.state, h.target_account_id)), '{}')
              FROM ledger.hold h WHERE h.source_account_id = ANY(string_to_array(:wallets, ','))),
  'transactions', (SELECT coalesce(jsonb_object_agg(t.id, jsonb_build_array(t.status, t.version)), '{}')
                     FROM ledger.transaction t WHERE t.id >= :since
                     AND (t.request_id = :run OR t.actor_id = ANY(string_to_array(:people, ',')))),
  'gathered', (SELECT coalesce(jsonb_object_agg(g.account_id, g.entries), '{}') FROM (
      SELECT e.account_id, count(*) AS entries FROM ledger.entry e
       WHERE e.account_id = ANY(string_to_array(:wallets, ',')) AND e.gathers GROUP BY e.account_id) g))
"""
DATABASE = "model_test"


class Real:
    """The ledger in a database of its own."""

    def __init__(self, platform: Configuration, database: str) -> None:
        password = database_logins(platform)[OWNER]
        self._owner = connect(platform, platform.ports.postgres, OWNER, password, database)
        # No test of the model is about a crash, and nothing else lives in this database.
        self._owner.run(f"ALTER DATABASE {database} SET synchronous_commit = off")
        # Asked after every step: planned once, not each time for all partitions; by the index, though nothing is in yet.
        self._owner.run("SET plan_cache_mode = force_generic_plan")
        self._owner.run("SET enable_seqscan = off")
        self._wallets, self._books = self._owner.prepare(_WALLETS), self._owner.prepare(_BOOKS)

    def sql(self, statement: str, **values: Any) -> list[list[Any]]:
        """As the owner of the tables."""
        return list(self._owner.run(statement, **values) or [])

    def close(self) -> None:
        self._owner.close()

    def prepare(self) -> None:
        """Limits, of spending and without a second factor, and rates, which the sequences share."""
        for (role, currency), limits in LIMITED.items():
            self.sql(
                "INSERT INTO ledger.spending_limit VALUES (:role, :currency, :one, :day, :month, :hour)",
                role=role,
                currency=currency,
                one=limits.per_transaction,
                day=limits.per_day,
                month=limits.per_month,
                hour=limits.per_hour,
            )
        for currency, above in STEP_UP_ABOVE.items():
            self.sql("INSERT INTO ledger.step_up_limit VALUES (:currency, :above)", currency=currency, above=above)
        for (source, target), rate in RATES.items():
            self.sql(
                "INSERT INTO ledger.exchange_rate VALUES (:id, :source, :target, CAST(:rate AS numeric), 'usr_admin')",
                id=rate_id(source, target),
                source=source,
                target=target,
                rate=str(rate),
            )

    def post(self, command: AnyCommand) -> Outcome:
        """As a function asks: through the port, as app_rw."""
        return one_statement(lambda connection: post(connection, command))

    def ask(self, function: str, wanted: Facts) -> Any:
        """Another function of the ledger that takes one object, as app_rw."""
        statement = text(f"SELECT ledger.{function}(CAST(:wanted AS jsonb))")  # our own names
        return one_statement(lambda connection: connection.execute(statement, {"wanted": json.dumps(wanted)}).scalar())

    def wallets(self, wallets: str) -> dict[str, Any]:
        """Balances, states and versions; the ids are joined by commas."""
        ((found,),) = self._wallets.run(wallets=wallets)
        return dict(found)

    def books(self, wallets: str, since: str, run: str, people: str) -> dict[str, Any]:
        """Holds, statuses, and how many entries gathered something, in one snapshot."""
        ((found,),) = self._books.run(wallets=wallets, since=since, run=run, people=people)
        return dict(found)


def rate_id(source: str, target: str) -> str:
    return f"rate_{source}_{target}"


@contextmanager
def fresh_ledger(platform: Configuration) -> Iterator[Real]:
    """In a database that is there as long as it."""
    with own_database(platform, DATABASE), real_ledger(platform, DATABASE) as real:
        yield real


@contextmanager
def real_ledger(platform: Configuration, database: str) -> Iterator[Real]:
    """In a fresh database; this process is a function of it."""
    with pytest.MonkeyPatch.context() as patch, as_function(platform, patch, "app_rw", database):
        real = Real(platform, database)
        try:
            real.prepare()
            yield real
        finally:
            real.close()


def told_by_port(outcome: Outcome) -> Facts:
    """An outcome in plain facts, without instants and stripes."""
    return {
        "transaction": _transaction(outcome.transaction) if outcome.transaction else None,
        "refusal": (outcome.refusal.code, _facts(outcome.refusal)) if outcome.refusal else None,
        "bulk": [told_by_port(item) for item in outcome.bulk],
        "replayed": outcome.replayed,
    }


def told_by_oracle(answer: Answer) -> Facts:
    """The same of the oracle's answer."""
    return {
        "transaction": answer.transaction,
        "refusal": answer.refusal,
        "bulk": [told_by_oracle(item) for item in answer.bulk],
        "replayed": answer.replayed,
    }


def _facts(refusal: PaymentError) -> Facts:
    """Without the seconds to show a second factor in, which the oracle has no clock for."""
    told: Facts = dict(refusal.facts())
    told.pop("max_age", None)
    return told


def _transaction(transaction: Transaction) -> Facts:
    told = asdict(transaction)
    details = told.pop("details")
    told["posted"] = told.pop("completed_at") is not None
    assert told.pop("created_at")
    for leg in told["legs"]:
        del leg["stripe"], leg["stripe_version"]
    told["legs"] = list(told["legs"])
    if "splits" in details:
        told["splits"] = [(split["wallet_id"], split["amount"]) for split in details["splits"]]
    if "conversion" in details:
        told["conversion"] = details["conversion"]
    return told
