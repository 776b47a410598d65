"""The transaction service's part of the catalog: its API, its schedules, and what it does when people appear."""

from cdk.specs import PARTITIONS, Consumer, FunctionSpec, Routes, Schedule
from paycore import settings
from paycore.events.envelope import DEAD_LETTERS_TRANSACTION, TOPIC_USER, TOPIC_WALLET

# What all that post and look for recipients read.
_POSTING = (settings.DatabaseSettings, settings.RedisSettings, settings.RecipientKeysSettings)

TRANSACTION_FUNCTIONS = (
    FunctionSpec(
        "transaction",
        "api_handler",
        Routes(
            protected=(
                "/v1/transactions",
                "/v1/quotes",
                "/v1/exchange-rates",
                "/v1/admin/ledger",
                "/v1/schedules",
                "/v1/admin/spending-limits",
                "/v1/admin/step-up-limits",
            ),
            public=("/health/transaction",),
        ),
        layers=("common", "http", "sql"),
        settings=(*_POSTING, settings.HttpSettings, settings.CursorKeysSettings),
        memory_mb=1024,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "transaction",
        "run_schedules_handler",
        Schedule("run-schedules", minutes=1),
        layers=("common", "http", "sql"),
        settings=_POSTING,
        memory_mb=512,
        timeout_seconds=60,
    ),
    FunctionSpec(
        "transaction",
        "claim_events_handler",
        Consumer(topics=(TOPIC_USER, TOPIC_WALLET)),
        layers=("common", "http", "sql", "transaction"),
        settings=(*_POSTING, settings.KafkaSettings),
        memory_mb=512,
        timeout_seconds=60,
        reserved=PARTITIONS * 2,
        publishes=(DEAD_LETTERS_TRANSACTION,),
    ),
    FunctionSpec(
        "transaction",
        "verify_ledger_handler",
        Schedule("verify-ledger", minutes=5),
        layers=("common", "http", "sql"),
        settings=(settings.DatabaseSettings, settings.RedisSettings),
        memory_mb=512,
        timeout_seconds=300,
        database_user="app_job",
    ),
    FunctionSpec(
        "transaction",
        "verify_whole_ledger_handler",
        Schedule("verify-whole-ledger", minutes=30),
        layers=("common", "http", "sql"),
        settings=(settings.DatabaseSettings, settings.RedisSettings),
        memory_mb=512,
        # Lambda's most: it reads every entry.
        timeout_seconds=900,
        database_user="app_job",
    ),
    FunctionSpec(
        "transaction",
        "tend_ledger_handler",
        Schedule("tend-ledger", minutes=1),
        layers=("common", "http", "sql"),
        settings=(settings.DatabaseSettings, settings.RedisSettings),
        memory_mb=512,
        timeout_seconds=60,
        database_user="app_job",
    ),
)
