"""Merchants and their API keys, through the public door."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, enrolled
from tests.integration.money import get
from tests.integration.people import Roamer

KEYS = "/v1/api-keys"
PAYING = ["transactions:read", "transactions:transfer", "wallets:read"]  # scopes of who pays


class Merchant:
    """Somebody with the role and a second factor, which `person` does not show and making a key does."""

    def __init__(self, person: Person, guard: Guard, desk: Desk) -> None:
        self.person, self._admin = person, guard
        self.user_id = str(get(person, "/v1/users/me").body["id"])
        self.change(roles=["merchant"])
        phone, _ = enrolled(person)
        self._guard = Guard(replace(person, client=Roamer(person.client)), phone, desk)

    def change(self, **changes: Any) -> None:
        """An admin changes the account."""
        body = {**changes, "reason": "test"}
        answer = self._admin.request("PATCH", f"/v1/users/{self.user_id}", body)
        assert answer.status == 200, answer.raw

    def try_key(self, **body: Any) -> Answer:
        """The answer to a wish for a key."""
        return self._guard.request("POST", KEYS, {"name": "shop", **body})

    def key(self, scopes: Sequence[str], **changes: Any) -> Answer:
        """A new key; its text is `secret`."""
        answer = self.try_key(scopes=[*scopes], **changes)
        assert answer.status == 201, answer.raw
        return answer

    def roll(self, key: Answer, **body: Any) -> Answer:
        return self._guard.request("POST", f"{KEYS}/{key.body['id']}/roll", body)

    def revoke(self, key: Answer) -> Answer:
        return self.person.client.request("DELETE", f"{KEYS}/{key.body['id']}")

    def show(self, key: Answer) -> Answer:
        return get(self.person, f"{KEYS}/{key.body['id']}")

    def holder(self, key: Answer) -> Client:
        """Somebody who has the key, at an address of their own."""
        address = f"127.{60 + secrets.randbelow(190)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
        client = Roamer(Client(self.person.client.port, address))
        client.token = str(key.body["secret"])
        return client
