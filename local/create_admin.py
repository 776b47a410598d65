"""Invites an admin of the local system: `python -m local.create_admin ada@example.com` prints a one-time code.

The function that makes the code has no trigger: on AWS an operator calls it in the same way, with `aws lambda invoke`
(docs/operations.md). Who invites, here the user of the operating system, and why is kept in the audit record. Nobody
but the invited person ever knows the password.
"""

import argparse
import getpass
import json
import os
import sys

from local.configuration import STAGE, Configuration, load
from local.loopback import call
from paycore.email_address import MalformedAddress, normal_form

HOW = "make create-admin EMAIL=ada@example.com"
FUNCTION = f"paycore-{STAGE}-user-invite_admin"
SECONDS_MAX = 30.0  # above the function's own time-out
REASON = "asked for on this machine"


class NotInvited(RuntimeError):
    """The system is not running, or it refused the address."""


def invite_admin(configuration: Configuration, email: str, *, operator: str | None = None, reason: str = REASON) -> str:
    """The code for POST /v1/auth/accept-invitation; raises NotInvited."""
    try:
        normal_form(email)
    except MalformedAddress as trouble:
        raise NotInvited(f"Say whom to invite, by an e-mail address: {HOW}") from trouble
    path = f"/2015-03-31/functions/{FUNCTION}/invocations"
    wanted = {"email": email, "operator": _own_name() if operator is None else operator, "reason": reason}
    payload = json.dumps(wanted).encode()
    try:
        answer = call(configuration.ports.invoke, path, body=payload, seconds_max=SECONDS_MAX)
    except OSError as trouble:
        raise NotInvited(f"The local system does not answer ({trouble}): start it with `make up`.") from trouble
    if answer.status != 200 or "X-Amz-Function-Error" in answer.headers:
        raise NotInvited(f"Not invited: {answer.body.decode(errors='replace')}")
    return str(json.loads(answer.body)["code"])


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # as in a container whose user has no name
        return f"user {os.getuid()}"


def main() -> int:
    """Returns the exit status of the command."""
    parser = argparse.ArgumentParser(description="Invites an admin of the local system.")
    parser.add_argument("email", nargs="?", default="")
    parser.add_argument("--reason", default=REASON, help="what the audit record says")
    asked, configuration = parser.parse_args(), load()
    email = asked.email
    try:
        code = invite_admin(configuration, email, reason=asked.reason)
    except NotInvited as trouble:
        print(trouble, file=sys.stderr)
        return 1
    body = json.dumps({"email": email, "code": code, "password": "...", "full_name": "..."})
    print(f"One-time code for {email}: {code} (good for 24 hours)")
    print("Choose a password of at least 12 characters and accept:")
    print(f"  curl -H 'Content-Type: application/json' -d '{body}' \\")
    print(f"    {configuration.gateway_url}/v1/auth/accept-invitation")
    print("Then sign in and enrol a second factor (POST /v1/auth/mfa/enroll, /confirm with a code of the phone and the")
    print("one that was mailed, then /v1/auth/refresh):")
    print("until the session has shown one, an admin may do what a user may.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
