"""The user service's part of the catalog: its API, its schedule, and how an operator invites an admin."""

from cdk.specs import FunctionSpec, Operator, Routes, Schedule
from paycore import settings

# What finds people by their addresses, and opens what is sealed of them.
_PEOPLE = (settings.RecipientKeysSettings, settings.PersonalKeysSettings)

USER_FUNCTIONS = (
    FunctionSpec(
        "user",
        "api_handler",
        Routes(
            protected=(
                "/v1/users",
                "/v1/api-keys",
                "/v1/auth/logout-all",
                "/v1/auth/password/change",
                "/v1/auth/mfa",
                "/v1/auth/email",
            ),
            public=("/v1/auth", "/health/user"),
        ),
        layers=("common", "http", "sql", "user"),
        settings=(
            settings.DatabaseSettings,
            settings.RedisSettings,
            settings.HttpSettings,
            settings.TokenSettings,
            settings.TokenSigningSettings,
            settings.NoticesKeysSettings,
            settings.IdentityKeysSettings,
            *_PEOPLE,
            settings.CursorKeysSettings,
        ),
        memory_mb=1024,
        timeout_seconds=15,
    ),
    FunctionSpec(
        "user",
        "remind_of_keys_handler",
        Schedule("remind-of-keys", minutes=30),
        layers=("common", "sql"),
        settings=(settings.DatabaseSettings,),
        memory_mb=512,
        timeout_seconds=30,
    ),
    FunctionSpec(
        "user",
        "renew_personal_keys_handler",
        Operator(),
        layers=("common", "sql", "user"),
        settings=(settings.DatabaseSettings, *_PEOPLE),
        memory_mb=512,
        # Lambda's most: it reads every person.
        timeout_seconds=900,
    ),
    FunctionSpec(
        "user",
        "count_key_uses_handler",
        Operator(),
        layers=("common", "sql"),
        settings=(settings.DatabaseSettings,),
        memory_mb=512,
        # It reads every person, too.
        timeout_seconds=300,
    ),
    FunctionSpec(
        "user",
        "erase_accounts_handler",
        Schedule("erase-accounts", minutes=60),
        layers=("common", "sql"),
        settings=(settings.DatabaseSettings, settings.RedisSettings),
        memory_mb=512,
        timeout_seconds=60,
    ),
    FunctionSpec(
        "user",
        "invite_admin_handler",
        Operator(),
        layers=("common", "sql", "user"),
        settings=(settings.DatabaseSettings, settings.IdentityKeysSettings, *_PEOPLE),
        memory_mb=512,
        timeout_seconds=15,
    ),
)
