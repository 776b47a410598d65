"""Settings: one small class per resource, read from the environment when first needed and never at import.

The field names are the environment variables in lower case. The stacks in cdk/ set exactly these; a test compares.
"""

import os
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Literal, TypeVar, get_type_hints

Settings = TypeVar("Settings")


class MissingSetting(RuntimeError):
    """A required environment variable is absent: a deployment error, found on the first use."""


@cache
def read(kind: type[Settings]) -> Settings:
    """The settings of this environment as a `kind`; raises MissingSetting, or ValueError for a non-integer."""
    hints = get_type_hints(kind)
    values: dict[str, object] = {}
    for field in fields(kind):  # type: ignore[arg-type]  # every settings class below is a dataclass
        text = os.environ.get(field.name.upper())
        if text is not None:
            values[field.name] = int(text) if hints[field.name] is int else text
        elif field.default is MISSING:
            raise MissingSetting(field.name.upper())
    return kind(**values)


@dataclass(frozen=True)
class DatabaseSettings:
    """PostgreSQL behind its pooler (RDS Proxy on AWS, PgBouncer locally).

    The time-out is the socket's: how long the longest statement may take before the server counts as gone.
    """

    database_host: str
    database_port: int
    database_name: str
    database_user: str
    database_timeout_ms: int
    database_authentication: Literal["iam", "password"]
    database_secret: str = ""
    database_ca_file: str = ""


@dataclass(frozen=True)
class RedisSettings:
    """The cache, always over TLS."""

    redis_host: str
    redis_port: int
    redis_secret: str
    redis_ca_file: str = ""


@dataclass(frozen=True)
class KafkaSettings:
    """The event log. `none` is for a broker on the loopback address only."""

    kafka_bootstrap_servers: str
    kafka_authentication: Literal["iam", "none"]


@dataclass(frozen=True)
class DocumentsSettings:
    """The MongoDB-compatible store. `password` implies TLS; `none` is for a server on the loopback address only."""

    documents_host: str
    documents_port: int
    documents_database: str
    documents_authentication: Literal["password", "none"]
    documents_secret: str = ""
    documents_ca_file: str = ""


@dataclass(frozen=True)
class TokenSettings:
    """Who issues our access tokens and for whom (RFC 7519 `iss` and `aud`)."""

    token_issuer: str
    token_audience: str


@dataclass(frozen=True)
class TokenVerificationSettings:
    """The public keys, as the JSON text of a JWK set (RFC 7517)."""

    token_jwks: str


@dataclass(frozen=True)
class TokenSigningSettings:
    """Where the private signing key is kept."""

    token_signing_secret: str


@dataclass(frozen=True)
class NoticesKeysSettings:
    """The key ring that seals one-time codes on their way from user to notification."""

    notices_keys_secret: str


@dataclass(frozen=True)
class IdentityKeysSettings:
    """The key ring behind password pepper, one-time codes and refresh successors."""

    identity_keys_secret: str


@dataclass(frozen=True)
class CursorKeysSettings:
    """The key ring that signs pagination cursors."""

    cursor_keys_secret: str


@dataclass(frozen=True)
class CardKeysSettings:
    """The key ring behind card fingerprints."""

    card_keys_secret: str


@dataclass(frozen=True)
class RecipientKeysSettings:
    """The key ring behind e-mail addresses: the index of people, recipients whom nobody knows, scheduled transfers."""

    recipient_keys_secret: str


@dataclass(frozen=True)
class PersonalKeysSettings:
    """The key ring that wraps each person's data key."""

    personal_keys_secret: str


@dataclass(frozen=True)
class HttpSettings:
    """What every API function has: allowed browser origins (comma-separated) and the limit per address."""

    cors_origins: str
    rate_limit_per_minute: int


@dataclass(frozen=True)
class ProcessorSettings:
    """The card processor: its base URL and the secret with our bearer token."""

    processor_url: str
    processor_secret: str


@dataclass(frozen=True)
class MailSettings:
    """The sender address of every e-mail."""

    mail_sender: str


@dataclass(frozen=True)
class HealthSettings:
    """The functions that /health asks, as a JSON object of service name to function name."""

    health_functions: str
