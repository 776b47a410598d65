"""The mailbox: catches every e-mail that the local system sends and shows it on a page."""

from collections.abc import Sequence

from local.configuration import HOST
from local.loopback import call
from local.services.base import Service

MAILS_MAX = 2_000  # they are read at every start: 47,000 took half a minute


class Mail(Service):
    """maildev: SMTP on one port, the page on the other; not told its addresses, it binds them all."""

    name = "mail"

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.mail_smtp, self.configuration.ports.mail_web)

    def prepare(self) -> None:
        """It keeps its mails below the data folder, so they outlive a restart."""
        (self.data / "mails").mkdir(exist_ok=True)

    def command(self) -> Sequence[str]:
        program = self.configuration.repository / "node_modules" / ".bin" / "maildev"
        ports = self.configuration.ports
        addresses = [
            "--ip",
            HOST,
            "--smtp",
            str(ports.mail_smtp),
            "--web-ip",
            HOST,
            "--web",
            str(ports.mail_web),
        ]
        kept = ["--mail-directory", str(self.data / "mails"), "--max-emails", str(MAILS_MAX)]
        return ["node", str(program.resolve()), *addresses, *kept]

    def ready(self) -> bool:
        """The page's list of mails is there."""
        return call(self.configuration.ports.mail_web, "/api/email").status == 200
