"""Makes and rotates the key pair that signs access tokens: `python -m functions.user.rotate_signing_key`.

The private key is the secret paycore/<stage>/token-signing, the public keys are the parameter /paycore/<stage>/jwks,
which a deployment hands to the authorizer. So a rotation has three steps: this command publishes the next public key;
a deployment makes it known; the same command with --activate begins to sign with it. The first key of a stage is
active at once. A key that signs no more stays published until the last token it signed is dead: the first step of the
next rotation takes it out; --withdraw does it at once, for a key that somebody else may have. Its private half stays
in Secrets Manager as AWSPREVIOUS until the next but one signs.
"""

import argparse
import json
import sys
from datetime import datetime, timedelta
from typing import Any

from paycore import aws, clock
from paycore.tokens import new_signing_key

# correctness.md F47: 2 h of caches, 1 h of token life, and a margin
OVERLAP = timedelta(hours=3, minutes=15)

Jwk = dict[str, str]


class CannotRotate(RuntimeError):
    """The keys are not in the state that this step needs."""


def rotate(stage: str, *, activate: bool) -> str:
    """One step; returns what was done, for the operator. Raises CannotRotate."""
    keys = _read_keys(stage)
    if activate:
        return _activate(stage, keys)
    kid = clock.now().strftime("%Y-%m-%dT%H-%M-%SZ")
    made = new_signing_key(kid)
    private = {"kid": kid, "private_key_pem": made.private_key_pem}
    if not keys:
        # published first: a token must never be signed by a key that nobody knows
        _write_keys(stage, [made.public_jwk])
        _write_secret(stage, "token-signing", private)
        return f"Key {kid} is active. Deploy to make it known."
    if _next(keys):
        raise CannotRotate("A next key is published already: deploy, then run this with --activate.")
    _write_secret(stage, "token-signing-next", private)
    _write_keys(stage, [*_alive(keys), {**made.public_jwk, "state": "next"}])
    return f"Key {kid} is published. Deploy, then run this with --activate."


def _activate(stage: str, keys: list[Jwk]) -> str:
    following = _next(keys)
    if following is None:
        raise CannotRotate("There is no next key: run this without --activate first.")
    private = json.loads(
        aws.client("secretsmanager").get_secret_value(SecretId=f"paycore/{stage}/token-signing-next")["SecretString"]
    )
    if private.get("kid") != following["kid"]:
        raise CannotRotate("The next private key does not belong to the next public key.")
    if following["kid"] not in _kids_of_authorizer(stage):
        raise CannotRotate("The authorizer does not know the next key: deploy, then run this again.")
    retired_at = clock.timestamp(clock.now())
    others = [{"retired_at": retired_at, **key} for key in _alive(keys) if key is not following]
    _write_secret(stage, "token-signing", private)
    _write_keys(stage, [*others, {name: value for name, value in following.items() if name != "state"}])
    _forget_next(stage)
    return f"Key {following['kid']} signs from now on. The next rotation takes out what retired {OVERLAP} before it."


def withdraw(stage: str, kid: str) -> str:
    """Takes a key out before its time; what it signed is refused from the next deployment on.

    Raises CannotRotate for a key that is not published, and for the one that signs.
    """
    keys = _read_keys(stage)
    found = next((key for key in keys if key["kid"] == kid), None)
    if found is None:
        raise CannotRotate(f"No key {kid} is published.")
    if "retired_at" not in found and found is not _next(keys):
        raise CannotRotate("This key signs: publish another, deploy and run this with --activate first.")
    _write_keys(stage, [key for key in keys if key is not found])
    if found is _next(keys):
        _forget_next(stage)
    return f"Key {kid} is taken out. Deploy: until then the authorizer takes what it signed."


def _forget_next(stage: str) -> None:
    """With all its versions: another value beside it would keep this one as AWSPREVIOUS."""
    aws.client("secretsmanager").delete_secret(
        SecretId=f"paycore/{stage}/token-signing-next", ForceDeleteWithoutRecovery=True
    )


def _kids_of_authorizer(stage: str) -> list[str]:
    """The keys that were made known with the last deployment; raises CannotRotate where there was none."""
    client, name = aws.client("lambda"), f"paycore-{stage}-authorizer-token"
    try:
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    except client.exceptions.ResourceNotFoundException as trouble:
        raise CannotRotate(f"There is no {name} in this account and region.") from trouble
    return [key["kid"] for key in json.loads(variables["TOKEN_JWKS"])["keys"]]


def _next(keys: list[Jwk]) -> Jwk | None:
    return next((key for key in keys if key.get("state") == "next"), None)


def _alive(keys: list[Jwk]) -> list[Jwk]:
    """The keys under which a token may still be valid: RFC 7517 lets us note in a key when it retired."""
    limit = clock.now() - OVERLAP
    return [key for key in keys if "retired_at" not in key or datetime.fromisoformat(key["retired_at"]) > limit]


def _read_keys(stage: str) -> list[Jwk]:
    client = aws.client("ssm")
    try:
        text = client.get_parameter(Name=_parameter(stage))["Parameter"]["Value"]
    except client.exceptions.ParameterNotFound:
        return []
    keys: list[Jwk] = json.loads(text)["keys"]
    return keys


def _write_keys(stage: str, keys: list[Jwk]) -> None:
    text = json.dumps({"keys": keys}, separators=(",", ":"))
    aws.client("ssm").put_parameter(Name=_parameter(stage), Value=text, Type="String", Overwrite=True)


def _write_secret(stage: str, purpose: str, value: dict[str, Any]) -> None:
    """Under the stage's own key, as every other secret: the data stack makes it."""
    client, name = aws.client("secretsmanager"), f"paycore/{stage}/{purpose}"
    try:
        client.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=json.dumps(value), KmsKeyId=f"alias/paycore/{stage}")


def _parameter(stage: str) -> str:
    return f"/paycore/{stage}/jwks"


def main() -> int:
    """Returns the exit status of the command."""
    parser = argparse.ArgumentParser(description="Makes or rotates the key pair that signs access tokens.")
    parser.add_argument("--stage", default="dev", choices=("dev", "staging", "prod"))
    step = parser.add_mutually_exclusive_group()
    step.add_argument("--activate", action="store_true", help="sign with the key that was published before")
    step.add_argument("--withdraw", metavar="KID", help="take out a key that somebody else may have")
    arguments = parser.parse_args()
    try:
        if arguments.withdraw:
            done = withdraw(arguments.stage, arguments.withdraw)
        else:
            done = rotate(arguments.stage, activate=arguments.activate)
    except CannotRotate as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    sys.stdout.write(f"{done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
