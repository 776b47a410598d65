"""Secrets of every kind that nobody else uses, and ways to send one where it leads nowhere."""

import base64
import json
import secrets
import string
from collections.abc import Callable
from urllib.parse import quote

from local.http_client import Answer, Client
from paycore.api_key_text import new_key
from paycore.fields import luhn_valid
from tests.canary.registry import plant

_LETTERS = string.ascii_lowercase + string.digits


def _card_number() -> str:
    """A Visa number that no test uses."""
    body = "4" + "".join(str(secrets.randbelow(10)) for _ in range(14))
    return next(body + digit for digit in string.digits if luhn_valid(body + digit))


def _jwt() -> str:
    parts = ({"alg": "ES256", "typ": "at+jwt", "kid": "k"}, {"sub": "usr_" + "0" * 26})
    said = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join((*said, secrets.token_urlsafe(64)))


MAKERS: dict[str, Callable[[], str]] = {
    "password": lambda: f"canary {secrets.token_hex(8)} sings",
    "access token": _jwt,
    "refresh token": lambda: secrets.token_urlsafe(32),
    "challenge token": lambda: secrets.token_urlsafe(32),
    "device token": lambda: "dev_" + secrets.token_urlsafe(32),
    "API key": new_key,
    "seed": lambda: base64.b32encode(secrets.token_bytes(20)).decode(),
    "recovery code": lambda: "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2)),
    "card number": _card_number,
    "account number": lambda: f"DE{secrets.randbelow(10**20):020d}",
    "webhook secret": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
    "e-mail address": lambda: f"canary.{secrets.token_hex(8)}@example.com",
    "phone number": lambda: f"+49151{secrets.randbelow(10**10):010d}",
}


def _in_body(body: Callable[[str], object], path: str = "/v1/auth/login") -> Callable[[Client, str], Answer]:
    return lambda client, secret: client.request("POST", path, body(secret))


def _raw(text: str, **headers: str) -> Callable[[Client, str], Answer]:
    return lambda client, secret: client.request(
        "POST", "/v1/auth/login", raw=text.replace("SECRET", secret).encode(), headers=headers
    )


def _in_header(name: str, form: str = "SECRET") -> Callable[[Client, str], Answer]:
    return lambda client, secret: client.request("GET", "/v1/wallets", headers={name: form.replace("SECRET", secret)})


# Ways that lead nowhere: each is refused, and what was sent in it is forgotten.
WAYS: dict[str, Callable[[Client, str], Answer]] = {
    "path": lambda client, secret: client.request("GET", f"/v1/auth/{quote(secret, safe='')}"),
    "id in a path": lambda client, secret: client.request("GET", f"/v1/wallets/{quote(secret, safe='')}"),
    "query": lambda client, secret: client.request("GET", f"/v1/auth/login?access_token={quote(secret, safe='')}"),
    "User-Agent": _in_header("User-Agent", "curl/8 SECRET"),
    "Referer": _in_header("Referer", "https://example.com/?token=SECRET"),
    "Cookie": _in_header("Cookie", "session=SECRET"),
    "X-Api-Key": _in_header("X-Api-Key"),
    "Authorization": _in_header("Authorization", "Bearer SECRET"),
    "Basic": _in_header("Authorization", "Basic SECRET"),
    "Idempotency-Key": lambda client, secret: client.request(
        "POST", "/v1/auth/refresh", {"refresh_token": "x"}, key=quote(secret)[:255]
    ),
    "name of a field": _in_body(lambda secret: {secret: 1}),
    "unknown field": _in_body(lambda secret: {"email": "x@example.com", "password": "a", "nope": secret}),
    "wrong type": _in_body(lambda secret: {"email": [secret], "password": {"a": secret}, "device": {secret: secret}}),
    "wrong field": _in_body(
        lambda secret: {"email": secret + " @", "password": "a quiet lake", "device_token": secret}
    ),
    "code": _in_body(lambda secret: {"email": "x@example.com", "code": secret}, "/v1/auth/verify-email"),
    "twice": _raw('{"password": "SECRET", "password": "SECRET"}'),
    "no JSON": _raw('{"password": "SECRET"'),
    "form": _raw("password=SECRET", **{"Content-Type": "application/x-www-form-urlencoded"}),
    "too large": _raw('{"password": "' + "SECRET" * 9000 + '"}'),
    "refresh": _in_body(lambda secret: {"refresh_token": secret}, "/v1/auth/refresh"),
    "challenge": _in_body(lambda secret: {"mfa_token": secret, "code": "123456"}, "/v1/auth/login/mfa"),
}


def planted(kind: str) -> str:
    """A new secret of the kind, which must be nowhere when the run ends."""
    return plant(kind, MAKERS[kind]())
