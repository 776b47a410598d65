"""People for integration tests: registered, verified and signed in."""

import secrets
from collections.abc import Mapping

from local.configuration import Configuration
from local.http_client import Answer, Client
from local.story import Narrate, Person, Story
from tests.integration.registrar import Registrar

REQUESTS_FROM_ONE_ADDRESS = 50  # of the 100 a minute that an address may send


def somewhere() -> str:
    """A source address that nobody else is likely to have."""
    return f"127.{60 + secrets.randbelow(190)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"


class Roamer(Client):
    """Moves on to another address now and then: the limit counts addresses, and many tests may share a person."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.port, client.address)
        self.token = client.token
        self._sent = 0

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
        self._sent += 1
        if self._sent % REQUESTS_FROM_ONE_ADDRESS == 0:
            self.address = somewhere()
        return super().request(method, path, body, key=key, headers=headers, raw=raw)


class Town:
    """Makes people of the running system, each with an address of its own; through the public door without a registrar."""

    def __init__(self, platform: Configuration, registrar: Registrar | None = None, narrate: Narrate = print) -> None:
        self._platform, self._registrar, self._narrate = platform, registrar, narrate

    def person(self, currency: str | None = None) -> Person:
        """Somebody new, signed in; with a wallet when a currency is named."""
        story = self._story()
        person = story.anna
        if self._registrar:
            self._registrar.register(person)
        else:
            story.register(person)
        person.client = Roamer(person.client)
        if currency:
            person.wallet_id = story.open_wallet(person, currency)
        return person

    def admin(self) -> Person:
        """A new admin, signed in; the session has shown a second factor."""
        story = self._story()
        story.invite_admin()
        story.admin.client = Roamer(story.admin.client)
        return story.admin

    def stranger(self) -> Client:
        """Somebody with an address, which nobody else is likely to have, and no account."""
        return Client(self._platform.ports.gateway, somewhere())

    def _story(self) -> Story:
        return Story(self._platform, self._narrate, secrets.randbits(60))
