"""How the tests show a second factor: a phone, and time that passes for it."""

import base64
import hashlib
import hmac
import json
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.patience import attended
from tests.integration.people import Roamer


class Owner(Protocol):
    """Somebody with a password who is signed in."""

    password: str
    client: Client


@dataclass
class Guard:
    """An admin who shows the second factor anew before each request."""

    person: Person
    phone: "Phone"
    desk: Desk

    def request(self, method: str, path: str, body: object) -> Answer:
        """After showing the factor."""
        return attended(partial(self.shown().client.request, method, path, body))

    def shown(self) -> Person:
        """The admin, just after showing the factor."""
        step_up(self.person, self.phone, self.desk)
        return self.person


class Prompted(Roamer):
    """The client of somebody who shows the second factor whenever an answer asks for it, and then asks again."""

    def __init__(self, person: Person, desk: Desk) -> None:
        super().__init__(person.client)
        self._shown = partial(step_up, replace(person, client=self), Phone(person.totp_seed), desk)

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        ask = partial(super().request, method, path, body, key=key, headers=headers, raw=raw)
        answer = attended(ask)
        if answer.status != 403 or answer.body["code"] != "step_up_required":
            return answer
        self._shown()
        return attended(ask)


class Phone:
    """An authenticator app, after RFC 6238 and without the library that the server uses."""

    def __init__(self, secret: str) -> None:
        self._seed = base64.b32decode(secret)

    def code(self) -> str:
        """The present one."""
        mac = hmac.digest(self._seed, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
        offset = mac[-1] & 15
        return f"{(struct.unpack('>I', mac[offset : offset + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def mfa(client: Client, what: str, **body: object) -> Answer:
    """A POST to one of the routes of the second factor."""
    return client.request("POST", f"/v1/auth/mfa/{what}", body)


def started(owner: Owner) -> Phone:
    """A factor that waits for its first code."""
    answer = mfa(owner.client, "enroll", password=owner.password)
    assert answer.status == 200, answer.raw
    return Phone(answer.body["secret"])


def enrolled(owner: Owner, desk: Desk | None = None) -> tuple[Phone, list[str]]:
    """The phone of a new factor, and its recovery codes. Of an admin the desk knows the code that was mailed."""
    phone = started(owner)
    mailed = {"email_code": desk.factor_codes_of(claims(str(owner.client.token))["sub"])[-1]} if desk else {}
    answer = mfa(owner.client, "confirm", code=phone.code(), **mailed)
    assert answer.status == 200, answer.raw
    return phone, answer.body["codes"]


def let_time_pass(desk: Desk, user_id: str) -> None:
    """The phone's present code has not been used yet."""
    desk.rows("UPDATE identity.second_factor SET last_step = last_step - 2 WHERE user_id = :id", id=user_id)


def step_up(owner: Owner, phone: Phone, desk: Desk) -> None:
    """The client's token is one that has just been stepped up."""
    let_time_pass(desk, claims(str(owner.client.token))["sub"])
    answer = mfa(owner.client, "step-up", code=phone.code())
    assert answer.status == 200, answer.raw
    owner.client.token = answer.body["access_token"]


def claims(token: str) -> dict[str, Any]:
    """What an access token says."""
    body = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


def changes_of(desk: Desk, user_id: str) -> list[str]:
    """What happened to somebody's factor, by their events."""
    return [data["change"] for kind, data in desk.events_of(user_id) if kind == "user.mfa_changed"]
