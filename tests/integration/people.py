"""People for integration tests: registered, verified and signed in through the public door."""

import secrets

from local.configuration import Configuration
from local.http_client import Client
from local.story import Person, Story


class Town:
    """Makes people of the running system, each with an address of its own."""

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform

    def person(self, currency: str | None = None) -> Person:
        """Somebody new, signed in; with a wallet when a currency is named."""
        story = Story(self._platform, print, secrets.randbits(60))
        person = story.anna
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
