"""The catalog of functions: one line of truth for each `*_handler.py` - what it needs and what starts it.

The stacks, the layer builds and the tests all read this list; a test compares it with the files on disk.
"""

from cdk.specs import PARTITIONS, Authorizer, Consumer, DeployStep, FunctionSpec, Routes, Schedule
from cdk.transaction_functions import TRANSACTION_FUNCTIONS
from cdk.user_functions import USER_FUNCTIONS
from paycore import settings
from paycore.events.envelope import (
    DEAD_LETTERS_AUDIT,
    DEAD_LETTERS_NOTIFICATION,
    DEAD_LETTERS_WALLET,
    TOPIC_TRANSACTION,
    TOPIC_WALLET,
    TOPICS,
)

API = (settings.RedisSettings, settings.HttpSettings)
DATABASE_API = (settings.DatabaseSettings, *API)
# What moves money, or changes how much of it is available.
WATCHED_TOPICS = (TOPIC_WALLET, TOPIC_TRANSACTION)

FUNCTIONS = (
    FunctionSpec(
        "authorizer",
        "token_handler",
        Authorizer(),
        layers=("common",),
        settings=(settings.TokenSettings, settings.TokenVerificationSettings),
        memory_mb=256,
        timeout_seconds=5,
    ),
    *USER_FUNCTIONS,
    FunctionSpec(
        "wallet",
        "api_handler",
        Routes(protected=("/v1/wallets",), public=("/health/wallet",)),
        layers=("common", "http", "sql", "wallet"),
        # A statement as PDF names the wallet's owner.
        settings=(*DATABASE_API, settings.CursorKeysSettings, settings.PersonalKeysSettings),
        memory_mb=1024,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "wallet",
        "events_handler",
        Consumer(WATCHED_TOPICS),
        # Of its own libraries a consumer needs none; Kafka's client, for dead letters, is in the relay's layer.
        layers=("common", "sql", "outbox"),
        settings=(settings.DatabaseSettings, settings.KafkaSettings),
        memory_mb=512,
        timeout_seconds=60,
        reserved=PARTITIONS * len(WATCHED_TOPICS),
        publishes=(DEAD_LETTERS_WALLET,),
    ),
    *TRANSACTION_FUNCTIONS,
    FunctionSpec(
        "payment",
        "api_handler",
        Routes(
            protected=("/v1/payment-methods", "/v1/payments", "/v1/refunds"),
            public=("/health/payment",),
        ),
        layers=("common", "http", "sql"),
        settings=(
            *DATABASE_API,
            settings.CursorKeysSettings,
            settings.CardKeysSettings,
            settings.ProcessorSettings,
        ),
        memory_mb=1024,
        # Below the 29 s of API Gateway, with time for the answer of a charge that took long.
        timeout_seconds=25,
    ),
    FunctionSpec(
        "payment",
        "processor_handler",
        Routes(public=("/processor",)),
        layers=("common", "http", "sql"),
        settings=(settings.DatabaseSettings, settings.HttpSettings, settings.ProcessorSettings),
        memory_mb=512,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "payment",
        "settle_payments_handler",
        Schedule("settle-payments", minutes=1),
        layers=("common", "http", "sql"),
        settings=(settings.DatabaseSettings, settings.RedisSettings, settings.ProcessorSettings),
        memory_mb=512,
        timeout_seconds=60,
        database_user="app_job",
    ),
    FunctionSpec(
        "notification",
        "api_handler",
        Routes(protected=("/v1/notifications",), public=("/health/notification",)),
        layers=("common", "http", "sql", "notification"),
        settings=(*DATABASE_API, settings.DocumentsSettings, settings.CursorKeysSettings),
        memory_mb=512,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "notification",
        "events_handler",
        Consumer(),
        layers=("common", "sql", "notification"),
        settings=(
            settings.DatabaseSettings,
            settings.KafkaSettings,
            settings.DocumentsSettings,
            settings.NoticesKeysSettings,
            settings.PersonalKeysSettings,
            settings.MailSettings,
        ),
        memory_mb=512,
        timeout_seconds=60,
        reserved=PARTITIONS * len(TOPICS),
        publishes=(DEAD_LETTERS_NOTIFICATION,),
    ),
    FunctionSpec(
        "audit",
        "events_handler",
        Consumer(),
        layers=("common", "audit"),
        settings=(settings.KafkaSettings, settings.DocumentsSettings),
        memory_mb=512,
        timeout_seconds=60,
        reserved=PARTITIONS * len(TOPICS),
        publishes=(DEAD_LETTERS_AUDIT,),
    ),
    FunctionSpec(
        "outbox",
        "relay_handler",
        Schedule("relay-outbox", minutes=1),
        layers=("common", "sql", "outbox"),
        settings=(settings.DatabaseSettings, settings.RedisSettings, settings.KafkaSettings),
        memory_mb=512,
        timeout_seconds=120,
        # One works, the next stands by.
        reserved=2,
        database_user="app_job",
        publishes=TOPICS,
    ),
    FunctionSpec(
        "edge",
        "api_handler",
        Routes(public=("/.well-known", "/openapi.json", "/health"), documentation=("/docs",)),
        layers=("common", "http", "edge"),
        settings=(
            *API,
            settings.TokenSettings,
            settings.TokenVerificationSettings,
            settings.HealthSettings,
        ),
        memory_mb=512,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "migrate",
        "migrate_handler",
        DeployStep(),
        layers=("common", "sql", "migrate"),
        # Revision 0024 seals what earlier ones kept in clear.
        settings=(settings.DatabaseSettings, settings.RecipientKeysSettings, settings.PersonalKeysSettings),
        memory_mb=512,
        timeout_seconds=300,
        database_user="migrate",
    ),
)
