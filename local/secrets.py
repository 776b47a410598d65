"""The local secrets: generated as the template's recipes say, kept in files that only the owner reads.

A secret `paycore/dev/<purpose>` is the file <home>/secrets/<purpose>, its text exactly the SecretString.
"""

import json
import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

from local.accounts import write_private
from local.configuration import STAGE, Configuration
from local.template import Template

PREFIX = f"paycore/{STAGE}/"
SIGNING = "token-signing"  # not random text but a key pair: rotate_signing_key makes it
# On AWS these two roles sign in with IAM tokens; PostgreSQL and PgBouncer here know passwords only.
LOCAL_ROLES = ("app_rw", "app_job")
SUPERUSER = "postgres-superuser"  # for the local cluster's own administration, never put into the AWS endpoint
# Secrets Manager's punctuation (GetRandomPassword), which is Python's.
LETTERS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}


def ensure_secrets(configuration: Configuration, template: Template) -> None:
    """Generates each secret of the template, and the local ones, that has no file yet."""
    configuration.secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, recipe in recipes(template):
        file = configuration.secrets / name.removeprefix(PREFIX)
        if not file.exists():
            write_private(file, generate(recipe))
    for role in LOCAL_ROLES:
        file = configuration.secrets / f"database-{role}"
        if not file.exists():
            write_private(file, json.dumps({"username": role, "password": secrets.token_urlsafe(32)}))
    superuser = configuration.secrets / SUPERUSER
    if not superuser.exists():
        write_private(superuser, secrets.token_urlsafe(32))


def recipes(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The name and the GenerateSecretString of every generated secret; refuses a foreign name."""
    for resource in template.of_kind("AWS::SecretsManager::Secret"):
        name = resource.properties["Name"]
        if not name.startswith(PREFIX):
            raise ValueError(f"secret {resource.logical_id}: its name must begin with {PREFIX}, not be {name}")
        if "GenerateSecretString" in resource.properties and name != PREFIX + SIGNING:
            yield name, resource.properties["GenerateSecretString"]


def generate(recipe: Mapping[str, Any]) -> str:
    """What Secrets Manager would generate from this GenerateSecretString (same defaults)."""
    password = random_password(recipe)
    if "GenerateStringKey" not in recipe:
        return password
    return json.dumps({**json.loads(recipe["SecretStringTemplate"]), recipe["GenerateStringKey"]: password})


def random_password(recipe: Mapping[str, Any]) -> str:
    """Random text of PasswordLength (default 32) with a character of each type that is not excluded."""
    excluded = set(recipe.get("ExcludeCharacters", ""))
    kinds = ["".join(c for c in letters if c not in excluded)
             for option, letters in LETTERS.items() if not recipe.get(option, False)]  # fmt: skip
    if recipe.get("IncludeSpace", False):
        kinds.append(" ")
    kinds = [kind for kind in kinds if kind]
    length = int(recipe.get("PasswordLength", 32))
    required = kinds if recipe.get("RequireEachIncludedType", True) else []
    if not kinds or length < len(required):
        raise ValueError(f"no password of {length} characters satisfies {dict(recipe)}")
    characters = [secrets.choice(kind) for kind in required]
    characters += [secrets.choice("".join(kinds)) for _ in range(length - len(required))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def read_secret(configuration: Configuration, purpose: str) -> str:
    return (configuration.secrets / purpose).read_text()


def redis_password(configuration: Configuration) -> str:
    return str(json.loads(read_secret(configuration, "redis"))["password"])


def superuser_password(configuration: Configuration) -> str:
    return read_secret(configuration, SUPERUSER)


def database_logins(configuration: Configuration) -> dict[str, str]:
    """The passwords by role: the owner `migrate` and the two roles of the functions."""
    texts = [read_secret(configuration, name) for name in ("database", *(f"database-{r}" for r in LOCAL_ROLES))]
    logins = [json.loads(text) for text in texts]
    return {login["username"]: login["password"] for login in logins}
