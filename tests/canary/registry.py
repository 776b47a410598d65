"""Which secrets the tests of this run use: planted by a test, or seen on their way to and from the API.

At the end of the run `search` looks for each of them where none may be.
"""

import json
from collections.abc import Mapping
from typing import Any

from local.aws_endpoint import JWKS
from local.configuration import Configuration
from local.http_client import Answer, Client

LENGTH_MIN = 8  # what is shorter stands in many texts by chance
# Fields of bodies by what they hold. Card numbers of tests are well-known ones, and some stand in texts on purpose.
_FIELDS = {
    "password": "password",
    "current_password": "password",
    "new_password": "password",
    "access_token": "access token",
    "refresh_token": "refresh token",
    "mfa_token": "challenge token",
    "device_token": "device token",
    "secret": "API key or seed",
    "codes": "recovery code",
    "email": "e-mail address",
}
# What people type; tokens are learned from the answers that give them, since signing out accepts any text as one.
_TYPED = ("password", "current_password", "new_password", "email")
_ROUTES = ("/v1/auth/", "/v1/api-keys")

_known: dict[str, str] = {}


def plant(kind: str, value: str) -> str:
    """From now on `value` must be nowhere; of a signed token the signature, since the rest is no secret."""
    secret = value.rpartition(".")[2] if kind == "access token" else value
    if len(secret) >= LENGTH_MIN or kind in ("one-time code", "security code"):
        _known[secret] = kind
    return value


def known() -> Mapping[str, str]:
    """The kind of each secret."""
    return _known


def watch_clients() -> None:
    """Every accepted request of every client tells its secrets, and so does its answer."""
    send = Client.request

    def request(self: Client, method: str, path: str, body: object = None, **options: Any) -> Answer:
        answer = send(self, method, path, body, **options)
        if answer.status < 300 and path.startswith(_ROUTES):
            _learn({name: body[name] for name in _TYPED if name in body} if isinstance(body, Mapping) else None)
            _learn(answer.body)
        return answer

    Client.request = request  # type: ignore[method-assign]


def learn_system(platform: Configuration) -> None:
    """The system's own secrets: passwords of its stores, key rings, the signing key."""
    for file in platform.secrets.iterdir():
        if file.name == JWKS:  # they are public
            continue
        text = file.read_text(encoding="utf-8")
        found: Mapping[str, str] = json.loads(text) if text.startswith("{") else {file.name: text}
        for value in found.values():
            for line in value.splitlines():  # of a key in PEM
                if len(line) >= 2 * LENGTH_MIN and not line.startswith("-----"):
                    plant("secret of the system", line)


def _learn(body: object) -> None:
    if not isinstance(body, Mapping):
        return
    for name, value in body.items():
        kind = _FIELDS.get(str(name))
        for each in value if isinstance(value, list) else [value]:
            if kind and isinstance(each, str):
                plant(kind, each)
