"""The key rings of the running system, rotated as its operator does it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.aws_endpoint import client, client_environment, put_secret
from local.configuration import REPOSITORY, Configuration
from local.http_client import Client
from local.secrets import PREFIX
from tests.integration.paying import Backstage
from tests.integration.people import somewhere

# People are found under the others, which take more steps (test_personal_keys.py).
RINGS = ("identity-keys", "notices-keys", "cursor-keys", "card-keys")
PATIENCE_S = 90.0  # for a cold start of each on a busy machine
_SERVICES = ("user", "wallet", "transaction", "payment", "notification")
# Whatever reads a ring, and so must begin anew to see another one.
_HANDLERS = (
    *(f"functions.{service}.api_handler.handler" for service in _SERVICES),
    "functions.notification.events_handler.handler",
)


class Rings:
    """Those that are rotated in three steps, all at once."""

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform
        self._manager = client(platform, "secretsmanager")

    @contextmanager
    def rotated(self) -> Iterator[None]:
        """With a second key that is current; afterwards everything is as it was."""
        before = {ring: self._file(ring).read_text(encoding="utf-8") for ring in RINGS}
        try:
            self._command("--add")
            self._command("--activate")
            self._begin_anew()
            yield
        finally:
            for ring, text in before.items():
                put_secret(self._manager, PREFIX + ring, text)
                self._file(ring).write_text(text, encoding="utf-8")
            self._begin_anew()

    def retire(self, key_id: str) -> None:
        """The key is gone."""
        self._command("--retire", key_id)
        self._begin_anew()

    def current(self) -> str:
        """The id of the key that makes everything."""
        ids = {json.loads(self._file(ring).read_text(encoding="utf-8"))["current"] for ring in RINGS}
        (found,) = ids
        return str(found)

    def _command(self, *step: str) -> None:
        for ring in RINGS:
            subprocess.run(
                [sys.executable, "-m", "paycore.rotate_key_ring", "--ring", ring, *step],
                cwd=REPOSITORY,
                env={**os.environ, **client_environment(self._platform)},
                capture_output=True,
                check=True,
            )
            # what tests open sealed codes with
            text = self._manager.get_secret_value(SecretId=PREFIX + ring)["SecretString"]
            self._file(ring).write_text(text, encoding="utf-8")

    def _begin_anew(self) -> None:
        """What AWS does within hours to every environment."""
        Backstage(self._platform).kill_environments(*_HANDLERS)
        asking = Client(self._platform.ports.gateway, somewhere())
        for service in _SERVICES:
            deadline = time.monotonic() + PATIENCE_S
            while (answer := asking.request("GET", f"/health/{service}")).status != 200:
                assert time.monotonic() < deadline, answer.raw
                time.sleep(0.5)

    def _file(self, ring: str) -> Path:
        return self._platform.secrets / ring
