"""Who asks in a run of schemathesis, and what that person has."""

from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from local.http_client import Client
from tests.integration.factor import Phone
from tests.integration.people import somewhere

REMEMBERED = 20  # of each kind: older things are closed, captured or voided by now
_NAMES = {
    "wal": "wallet_id", "tx": "transaction_id", "pay": "payment_id", "re": "refund_id", "pm": "method_id",
    "sch": "schedule_id", "rule": "rule_id", "quo": "quote_id", "key": "key_id",
}  # fmt: skip
_ALIASES = {
    "source_wallet_id": "wallet_id", "target_wallet_id": "wallet_id", "sweep_to": "wallet_id",
    "payment_method_id": "method_id", "source_currency": "currency", "target_currency": "currency",
    "target_email": "email",
}  # fmt: skip


@dataclass
class Asker:
    """Somebody who may be lost; without an e-mail address a stranger.

    `things` are ids and other values by what a path, a query or a body calls them.
    """

    port: int
    email: str = ""
    password: str = ""
    token: str = ""
    totp_seed: str = ""
    tried_code: str = ""
    things: dict[str, list[str]] = field(default_factory=dict)

    def sign_in(self) -> None:
        """A new session, where a request has ended the old one; not for who has a key and no password."""
        if not self.password:
            return
        body = {"email": self.email, "password": self.password}
        client = Client(self.port, somewhere())
        answer = client.request("POST", "/v1/auth/login", body)
        if answer.status == 200 and answer.body["object"] == "mfa_challenge" and self.totp_seed:
            code = Phone(self.totp_seed).code()
            if code == self.tried_code:
                return  # each is good once: the next request that finds nobody signed in tries again
            self.tried_code = code
            answer = client.request("POST", "/v1/auth/login/mfa", {"mfa_token": answer.body["mfa_token"], "code": code})
        if answer.status == 200 and answer.body["object"] == "session":  # not when another's factor is asked for
            self.token = answer.body["access_token"]
            self.things["session_id"] = [answer.body["session_id"]]

    def learn(self, made: Any) -> None:
        """Keeps the id of what an answer says was made."""
        name = _NAMES.get(str(made.get("id", "")).partition("_")[0])
        if name:
            self.things[name] = [*self.things.get(name, ()), made["id"]][-REMEMBERED:]

    def true_value(self, name: str, generated: object) -> object:
        """In three of four cases a thing of that name instead of what was generated; the same for the same."""
        things = self.things.get(_ALIASES.get(name, name))
        number = checksum(generated)
        if not things or number % 4 == 0:
            return generated
        return things[number // 4 % len(things)]


def checksum(value: object) -> int:
    """A number that is always the same for a value."""
    return crc32(repr(value).encode(errors="replace"))
