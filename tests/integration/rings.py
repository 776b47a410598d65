"""The key rings of the running system, rotated as its operator does it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cdk.catalog import FUNCTIONS
from local.aws_endpoint import client, client_environment, put_secret
from local.configuration import REPOSITORY, Configuration
from local.http_client import Client
from local.secrets import PREFIX
from paycore.settings import PersonalKeysSettings, RecipientKeysSettings
from tests.integration.paying import Backstage
from tests.integration.people import somewhere

RINGS = ("identity-keys", "notices-keys", "cursor-keys", "card-keys")
OF_PEOPLE = ("recipient-keys", "personal-keys")
PATIENCE_S = 90.0  # for a cold start of each on a busy machine
_SERVICES = ("user", "wallet", "transaction", "payment", "notification")
# Whatever reads a ring, and so must begin anew to see another one.
_HANDLERS = (
    *(f"functions.{service}.api_handler.handler" for service in _SERVICES),
    "functions.notification.events_handler.handler",
)
_HANDLERS_OF_PEOPLE = tuple(
    f"functions.{spec.service}.{spec.file}.handler"
    for spec in FUNCTIONS
    if {RecipientKeysSettings, PersonalKeysSettings} & set(spec.settings)
)


class Rings:
    """Those that are rotated in three steps, all at once."""

    names: tuple[str, ...] = RINGS
    handlers: tuple[str, ...] = _HANDLERS

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform
        self._manager = client(platform, "secretsmanager")

    @contextmanager
    def rotated(self) -> Iterator[None]:
        """With a second key that is current; afterwards everything is as it was."""
        before = self._texts()
        try:
            self._add()
            self._command("--activate")
            self._begin_anew()
            yield
        finally:
            self._hold(before)

    def retire(self, key_id: str) -> None:
        """The key is gone."""
        self._command("--retire", key_id)
        self._begin_anew()

    def current(self) -> str:
        """The id of the key that makes everything."""
        ids = {json.loads(text)["current"] for text in self._texts().values()}
        (found,) = ids
        return str(found)

    def _add(self) -> None:
        self._command("--add")

    def _texts(self) -> dict[str, str]:
        return {ring: self._file(ring).read_text(encoding="utf-8") for ring in self.names}

    def _hold(self, texts: dict[str, str]) -> None:
        for ring, text in texts.items():
            put_secret(self._manager, PREFIX + ring, text)
            self._file(ring).write_text(text, encoding="utf-8")
        self._begin_anew()

    def _command(self, *step: str) -> None:
        for ring in self.names:
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
        Backstage(self._platform).kill_environments(*self.handlers)
        asking = Client(self._platform.ports.gateway, somewhere())
        for service in _SERVICES:
            deadline = time.monotonic() + PATIENCE_S
            while (answer := asking.request("GET", f"/health/{service}")).status != 200:
                assert time.monotonic() < deadline, answer.raw
                time.sleep(0.5)

    def _file(self, ring: str) -> Path:
        return self._platform.secrets / ring


class RingsOfPeople(Rings):
    """Those that people are found and read under: everybody is renewed after each step, and after the way back."""

    names = OF_PEOPLE
    handlers = _HANDLERS_OF_PEOPLE

    @contextmanager
    def rotated(self) -> Iterator[None]:
        """With a second key that is current; afterwards everything is as it was."""
        old = self.current()
        with super().rotated():
            both = {ring: json.dumps({**json.loads(text), "current": old}) for ring, text in self._texts().items()}
            try:
                yield
            finally:
                self._hold(both)

    def _add(self) -> None:
        super()._add()
        self._begin_anew()

    def _begin_anew(self) -> None:
        super()._begin_anew()
        Backstage(self._platform).invoke("user-renew_personal_keys")
