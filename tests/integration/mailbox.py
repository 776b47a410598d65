"""What the mail server has received."""

from local.configuration import Configuration
from local.http_client import Client


class Mailbox:
    """Everybody's mail."""

    def __init__(self, platform: Configuration) -> None:
        self._client = Client(platform.ports.mail_web)

    def texts_to(self, email: str) -> list[str]:
        return [str(mail["text"]) for mail in self._client.request("GET", f"/api/email?to.address={email}").body]
