"""Rotates a key ring: `python -m paycore.rotate_key_ring --stage dev --ring identity-keys --add`.

Three steps, with time between them (docs/operations.md): --add puts a key into the ring, --activate makes the newest
one current, --retire takes an older one out. An environment reads a ring once and lives for hours: so nothing may be
made with a key before all environments know it, and no key may go while something that it made still counts.
Secrets Manager keeps the ring as it was before the last step, as AWSPREVIOUS, a retired key included.
"""

import argparse
import json
import re
import secrets
import sys

from paycore import aws

RINGS = ("card-keys", "cursor-keys", "identity-keys", "notices-keys", "personal-keys", "recipient-keys")
_RANDOM_BYTES = 48  # 64 characters, as the first key of a ring has
_KEY_ID = re.compile(r"k([1-9][0-9]*)")

Ring = dict[str, str]


class CannotRotate(RuntimeError):
    """The ring is not in the state that this step needs."""


def add(stage: str, purpose: str) -> str:
    """Puts a key beside the current one; returns what was done, for the operator. Raises CannotRotate."""
    ring = _read(stage, purpose)
    newest = _newest(ring)
    if newest != ring["current"]:
        raise CannotRotate(f"Key {newest} waits already: run this with --activate.")
    added = f"k{_number(newest) + 1}"
    _write(stage, purpose, {**ring, added: secrets.token_urlsafe(_RANDOM_BYTES)})
    return f"Key {added} is in the ring. Once all environments know it, run this with --activate."


def activate(stage: str, purpose: str) -> str:
    """The newest key makes everything from now on. Raises CannotRotate."""
    ring = _read(stage, purpose)
    newest = _newest(ring)
    if newest == ring["current"]:
        raise CannotRotate("There is no newer key: run this with --add first.")
    _write(stage, purpose, {**ring, "current": newest})
    return f"Key {newest} is current. What {ring['current']} made stays readable until it is retired."


def retire(stage: str, purpose: str, key_id: str) -> str:
    """Takes a key out: what it made counts no more. Raises CannotRotate."""
    ring = _read(stage, purpose)
    if key_id not in _key_ids(ring):
        raise CannotRotate(f"There is no key {key_id}.")
    if _number(key_id) >= _number(ring["current"]):
        raise CannotRotate(f"Key {key_id} is not older than the current one.")
    _write(stage, purpose, {name: text for name, text in ring.items() if name != key_id})
    return f"Key {key_id} is retired."


def _key_ids(ring: Ring) -> list[str]:
    return [name for name in ring if name != "current"]


def _newest(ring: Ring) -> str:
    return max(_key_ids(ring), key=_number)


def _number(key_id: str) -> int:
    """Keys are numbered; raises CannotRotate for one that is not."""
    match = _KEY_ID.fullmatch(key_id)
    if match is None:
        raise CannotRotate(f"The ring has a key of another name: {key_id}.")
    return int(match[1])


def _read(stage: str, purpose: str) -> Ring:
    return aws.fresh_secret(_name(stage, purpose))


def _write(stage: str, purpose: str, ring: Ring) -> None:
    aws.client("secretsmanager").put_secret_value(SecretId=_name(stage, purpose), SecretString=json.dumps(ring))


def _name(stage: str, purpose: str) -> str:
    return f"paycore/{stage}/{purpose}"


def main() -> int:
    """Returns the exit status of the command."""
    parser = argparse.ArgumentParser(description="Rotates a key ring in three steps.")
    parser.add_argument("--stage", default="dev", choices=("dev", "staging", "prod"))
    parser.add_argument("--ring", required=True, choices=RINGS)
    step = parser.add_mutually_exclusive_group(required=True)
    step.add_argument("--add", action="store_true", help="put a key into the ring")
    step.add_argument("--activate", action="store_true", help="make the newest key current")
    step.add_argument("--retire", metavar="KEY", help="take an older key out, as in --retire k1")
    arguments = parser.parse_args()
    try:
        if arguments.retire:
            done = retire(arguments.stage, arguments.ring, arguments.retire)
        else:
            done = (add if arguments.add else activate)(arguments.stage, arguments.ring)
    except CannotRotate as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1
    sys.stdout.write(f"{done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
