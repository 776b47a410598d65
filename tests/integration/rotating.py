"""What keys make that a rotation must not lose: makes one of each, to be used later."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pymongo

from local.configuration import HOST, Configuration
from local.http_client import Answer
from local.secrets import read_secret
from local.story import Person
from paycore import ids
from paycore.crypto import KeyRing
from paycore.events.user import UserPasswordForgotten
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import enrolled, let_time_pass, mfa, started
from tests.integration.local_platform.caller import wait_until
from tests.integration.mailbox import Mailbox
from tests.integration.money import get, open_wallet, post
from tests.integration.newcomer import Newcomer
from tests.integration.people import Town

NEW_PASSWORD = "a stormy sea by night"
Later = Callable[[], Answer]


@dataclass
class Scene:
    """Where things are made, before anything is rotated."""

    platform: Configuration
    town: Town
    admin: Person
    desk: Desk

    def newcomer(self) -> Newcomer:
        return Newcomer(self.desk, self.platform.ports.gateway)

    def user_id(self, person: Person) -> str:
        return str(get(person, "/v1/users/me").body["id"])


def _password(scene: Scene) -> Later:
    person = scene.town.person()
    body = {"email": person.email, "password": person.password}
    return lambda: post(person, "/v1/auth/login", body)


def _registration(scene: Scene) -> Later:
    who = scene.newcomer()
    assert who.register().status == 202
    code = who.code()
    return lambda: who.verify(code)


def _reset_code(scene: Scene) -> Later:
    person = scene.town.person()
    assert post(person, "/v1/auth/password/forgot", {"email": person.email}).status == 202
    code = scene.desk.reset_codes_of(scene.user_id(person))[-1]
    body = {"email": person.email, "code": code, "new_password": NEW_PASSWORD}
    return lambda: post(person, "/v1/auth/password/reset", body)


def _address_code(scene: Scene) -> Later:
    person = scene.town.person()
    body = {"email": f"rotated.{secrets.token_hex(8)}@example.com", "current_password": person.password}
    assert post(person, "/v1/auth/email/change", body).status == 202
    code = scene.desk.email_codes_of(scene.user_id(person))[-1]
    return lambda: post(person, "/v1/auth/email/confirm", {"code": code})


def _seed(scene: Scene) -> Later:
    person = scene.town.person()
    phone, _ = enrolled(person)
    user_id = scene.user_id(person)

    def later() -> Answer:
        let_time_pass(scene.desk, user_id)
        return mfa(person.client, "step-up", code=phone.code())

    return later


def _recovery_code(scene: Scene) -> Later:
    person = scene.town.person()
    _, codes = enrolled(person)
    return lambda: mfa(person.client, "step-up", code=codes[0])


def _pending_seed(scene: Scene) -> Later:
    person = scene.town.person()
    phone = started(person)
    return lambda: mfa(person.client, "confirm", code=phone.code())


def _successor(scene: Scene) -> Later:
    person = scene.town.person()
    session = post(person, "/v1/auth/login", {"email": person.email, "password": person.password}).body
    body = {"refresh_token": session["refresh_token"]}
    first = post(person, "/v1/auth/refresh", body)

    def later() -> Answer:
        scene.desk.rows(
            "UPDATE identity.refresh_token SET rotated_at = clock_timestamp() "
            "WHERE session_id = :id AND rotated_at IS NOT NULL",
            id=session["session_id"],
        )
        again = post(person, "/v1/auth/refresh", body)
        assert again.status != 200 or again.body["refresh_token"] == first.body["refresh_token"]
        return again

    return later


def _challenge(scene: Scene) -> Later:
    """A sign-in of a known device, whose token waits for the second factor."""
    who = scene.newcomer().settle_in()
    who.sign_in()
    phone, _ = enrolled(who)
    user_id = who.user_id

    def passed(asked: Answer) -> Answer:
        let_time_pass(scene.desk, user_id)
        return who.post("login/mfa", mfa_token=asked.body["mfa_token"], code=phone.code())

    known = {"email": who.email, "password": who.password, "device_token": passed(who.log_in()).body["device_token"]}
    asked = who.post("login", **known)
    return lambda: passed(asked)


def _cursor(scene: Scene) -> Later:
    person = scene.town.person("EUR")
    open_wallet(person, "EUR", name="second")
    cursor = get(person, "/v1/wallets?limit=1").body["next_cursor"]
    return lambda: get(person, f"/v1/wallets?limit=1&cursor={cursor}")


@dataclass
class SealedCode:
    """A code on its way to the mail of who asked for a new password."""

    event_id: str
    reader: Newcomer
    user_id: str
    code: str
    sealed: str

    @classmethod
    def now(cls, scene: Scene, reader: Newcomer) -> "SealedCode":
        """Sealed by the key that is current, and not staged yet."""
        ring = KeyRing(json.loads(read_secret(scene.platform, "notices-keys")))
        event_id, code = ids.new("evt"), secrets.token_hex(6)
        return cls(event_id, reader, reader.user_id, code, ring.seal("one-time-code", code, event_id))

    def arrives(self, scene: Scene) -> str:
        """Stages it; answers "sent" where the code is in a mail, "failed" where there is no mail."""
        asked = UserPasswordForgotten(self.user_id, self.sealed, "2100-01-01T00:00:00Z")
        scene.desk.rows(
            "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, version, subject, request_id, data) "
            "VALUES (outbox.next_position(), :event_id, :topic, :key, :type, 1, :subject, 'test', "
            "CAST(:data AS jsonb))",
            event_id=self.event_id,
            topic=asked.TOPIC,
            key=self.user_id,
            subject=self.user_id,
            type=asked.TYPE,
            data=json.dumps(asked.data()),
        )
        with pymongo.MongoClient[dict[str, Any]](HOST, scene.platform.ports.documents) as client:
            notices = client["paycore"]["notifications"]
            about = {"event_id": self.event_id, "status": {"$ne": "pending"}}
            (notice,) = written(notices, about)
        if notice["status"] == "sent":
            wait_until(lambda: self._is_mailed(scene))  # the server reads what it has accepted a moment later
        else:
            assert not self._is_mailed(scene)
        return str(notice["status"])

    def _is_mailed(self, scene: Scene) -> bool:
        return any(self.code in text for text in Mailbox(scene.platform).texts_to(self.reader.email))


# What is made, what it answers under a new key, and what once the old one is gone.
USES: dict[str, tuple[Callable[[Scene], Later], int, tuple[int, str]]] = {
    "password": (_password, 200, (401, "invalid_credentials")),
    "code of a registration": (_registration, 200, (422, "invalid_code")),
    "code of a new password": (_reset_code, 200, (422, "invalid_code")),
    "code of another address": (_address_code, 200, (422, "invalid_code")),
    "seed": (_seed, 200, (422, "invalid_code")),
    "seed that waits": (_pending_seed, 200, (422, "invalid_code")),
    "recovery code": (_recovery_code, 200, (422, "invalid_code")),
    "successor": (_successor, 200, (401, "invalid_token")),
    "challenge": (_challenge, 200, (422, "invalid_code")),
    "cursor": (_cursor, 200, (400, "invalid_parameter")),
}
