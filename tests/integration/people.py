"""People for integration tests: registered, verified and signed in."""

import secrets

from local.configuration import Configuration
from local.http_client import Client
from local.story import Person, Story
from tests.integration.registrar import Registrar


class Town:
    """Makes people of the running system, each with an address of its own; through the public door without a registrar."""

    def __init__(self, platform: Configuration, registrar: Registrar | None = None) -> None:
        self._platform, self._registrar = platform, registrar

    def person(self, currency: str | None = None) -> Person:
        """Somebody new, signed in; with a wallet when a currency is named."""
        story = Story(self._platform, print, secrets.randbits(60))
        person = story.anna
        if self._registrar:
            self._registrar.register(person)
        else:
            story.register(person)
        if currency:
            person.wallet_id = story.open_wallet(person, currency)
        return person

    def admin(self) -> Person:
        """A new admin, signed in."""
        story = Story(self._platform, print, secrets.randbits(60))
        story.invite_admin()
        return story.admin

    def stranger(self) -> Client:
        """Somebody with an address and no account."""
        return Story(self._platform, print, secrets.randbits(60)).anna.client
