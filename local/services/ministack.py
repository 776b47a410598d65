"""MiniStack: the AWS endpoint of the local system (Secrets Manager, SSM, SES, KMS, S3, SNS)."""

import json
import os
from collections.abc import Mapping, Sequence

from local.configuration import HOST
from local.loopback import call
from local.services.base import Service
from local.template import REGION


class MiniStack(Service):
    """Forgets everything when it stops: the secrets are put into it at each start."""

    name = "ministack"

    @property
    def listening(self) -> Sequence[int]:
        return (self.configuration.ports.ministack,)

    def prepare(self) -> None:
        for name in ("s3", "state", "tmp"):
            (self.data / name).mkdir(exist_ok=True)

    def command(self) -> Sequence[str]:
        return [str(self.configuration.tools / "ministack" / "bin" / "ministack")]

    def environment(self) -> Mapping[str, str]:
        ports = self.configuration.ports
        return {
            "PATH": os.environ["PATH"],
            "BIND_HOST": HOST,  # it binds every address otherwise
            "GATEWAY_PORT": str(ports.ministack),
            "MINISTACK_HOST": HOST,
            "MINISTACK_REGION": REGION,
            "S3_DATA_DIR": str(self.data / "s3"),
            "STATE_DIR": str(self.data / "state"),
            "TMPDIR": str(self.data / "tmp"),
            "SMTP_HOST": f"{HOST}:{ports.mail_smtp}",
            "LAMBDA_EXECUTOR": "local",  # no container is ever looked for
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
        }

    def ready(self) -> bool:
        """Its own health page lists the services."""
        return "services" in json.loads(call(self.configuration.ports.ministack, "/_ministack/health").body)
