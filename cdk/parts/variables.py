"""The environment variables of a function: one table from each settings class to its values."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from cdk.parts import document_store, ledger_database, session_cache
from cdk.parts.surroundings import Surroundings
from cdk.specs import DATABASE_TIMEOUT_MS, DeployStep, FunctionSpec
from paycore import settings

Values = Mapping[str, str]

# Where cdk/packaging.py puts Amazon's own certificate authorities in the layer that every function has.
AMAZON_RDS_CA_FILE = "/opt/certificates/amazon-rds.pem"

# Empty: the certificate is signed by a public authority that the system knows.
SYSTEM_CA = ""

# The exact limit per address, counted in the cache; the user's own figure.
REQUESTS_PER_MINUTE = 100


def database(spec: FunctionSpec, around: Surroundings) -> Values:
    """Through the proxy as its own role; the migration directly, as the owner."""
    ledger = around.data.database
    direct = isinstance(spec.trigger, DeployStep)
    return {
        "DATABASE_HOST": ledger.instance.instance_endpoint.hostname if direct else ledger.proxy.endpoint,
        "DATABASE_PORT": str(ledger_database.PORT),
        "DATABASE_NAME": ledger_database.NAME,
        "DATABASE_USER": spec.database_user,
        "DATABASE_TIMEOUT_MS": str(DATABASE_TIMEOUT_MS[spec.database_user]),
        "DATABASE_AUTHENTICATION": "password" if direct else "iam",
        "DATABASE_SECRET": around.secret_name("database") if direct else "",
        "DATABASE_CA_FILE": AMAZON_RDS_CA_FILE if direct else SYSTEM_CA,
    }


def redis(_spec: FunctionSpec, around: Surroundings) -> Values:
    """The cache's primary node."""
    return {
        "REDIS_HOST": around.data.cache.host,
        "REDIS_PORT": str(session_cache.PORT),
        "REDIS_SECRET": around.secret_name("redis"),
        "REDIS_CA_FILE": SYSTEM_CA,
    }


def kafka(_spec: FunctionSpec, around: Surroundings) -> Values:
    """The brokers, signed in to with the function's own role."""
    return {
        "KAFKA_BOOTSTRAP_SERVERS": around.data.events.bootstrap_servers,
        "KAFKA_AUTHENTICATION": "iam",
    }


def documents(_spec: FunctionSpec, around: Surroundings) -> Values:
    """The document cluster."""
    return {
        "DOCUMENTS_HOST": around.data.documents.host,
        "DOCUMENTS_PORT": str(document_store.PORT),
        "DOCUMENTS_DATABASE": "paycore",
        "DOCUMENTS_AUTHENTICATION": "password",
        "DOCUMENTS_SECRET": around.secret_name("documents"),
        "DOCUMENTS_CA_FILE": AMAZON_RDS_CA_FILE,
    }


def http(_spec: FunctionSpec, around: Surroundings) -> Values:
    """What an API function needs to know of its clients."""
    return {
        "CORS_ORIGINS": ",".join(around.config.cors_origins),
        "RATE_LIMIT_PER_MINUTE": str(REQUESTS_PER_MINUTE),
    }


def health(_spec: FunctionSpec, around: Surroundings) -> Values:
    """Who is asked for its health: the API function of every service with a prefix below /health."""
    return {"HEALTH_FUNCTIONS": json.dumps(around.health_functions(), separators=(",", ":"))}


def token(_spec: FunctionSpec, around: Surroundings) -> Values:
    """Issuer and audience of the access tokens."""
    return {"TOKEN_ISSUER": around.config.token_issuer, "TOKEN_AUDIENCE": "paycore-api"}


def processor(_spec: FunctionSpec, around: Surroundings) -> Values:
    """The card processor: the simulated one, behind the same API."""
    return {
        "PROCESSOR_URL": around.processor_url,
        "PROCESSOR_SECRET": around.secret_name("processor"),
    }


VALUES: Mapping[type, Callable[[FunctionSpec, Surroundings], Values]] = {
    settings.DatabaseSettings: database,
    settings.RedisSettings: redis,
    settings.KafkaSettings: kafka,
    settings.DocumentsSettings: documents,
    settings.HttpSettings: http,
    settings.HealthSettings: health,
    settings.TokenSettings: token,
    settings.ProcessorSettings: processor,
    settings.TokenVerificationSettings: lambda _, around: {"TOKEN_JWKS": around.jwks},
    settings.TokenSigningSettings: lambda _, around: {"TOKEN_SIGNING_SECRET": around.secret_name("token-signing")},
    settings.NoticesKeysSettings: lambda _, around: {"NOTICES_KEYS_SECRET": around.secret_name("notices-keys")},
    settings.IdentityKeysSettings: lambda _, around: {"IDENTITY_KEYS_SECRET": around.secret_name("identity-keys")},
    settings.CursorKeysSettings: lambda _, around: {"CURSOR_KEYS_SECRET": around.secret_name("cursor-keys")},
    settings.CardKeysSettings: lambda _, around: {"CARD_KEYS_SECRET": around.secret_name("card-keys")},
    settings.PersonalKeysSettings: lambda _, around: {"PERSONAL_KEYS_SECRET": around.secret_name("personal-keys")},
    settings.RecipientKeysSettings: lambda _, around: {"RECIPIENT_KEYS_SECRET": around.secret_name("recipient-keys")},
    settings.MailSettings: lambda _, around: {"MAIL_SENDER": around.config.mail_sender},
}


def variables_of(spec: FunctionSpec, around: Surroundings) -> dict[str, Any]:
    """All variables of the function: what every function has, then its own settings."""
    values = {
        "POWERTOOLS_SERVICE_NAME": spec.service,
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": around.config.metrics_namespace,
    }
    for kind in spec.settings:
        values |= VALUES[kind](spec, around)
    return values
