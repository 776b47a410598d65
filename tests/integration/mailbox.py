"""What the mail server has received."""

from urllib.parse import quote

from functions.notification.channels import SMS_SIMULATOR
from local.configuration import Configuration
from local.http_client import Client


class Mailbox:
    """Everybody's mail."""

    def __init__(self, platform: Configuration) -> None:
        self._client = Client(platform.ports.mail_web)

    def texts_to(self, email: str) -> list[str]:
        return [str(mail["text"]) for mail in self._client.request("GET", f"/api/email?to.address={quote(email)}").body]

    def sms_to(self, phone: str) -> list[str]:
        """Simulated ones are mails."""
        return self.texts_to(SMS_SIMULATOR.format(phone.removeprefix("+")))
