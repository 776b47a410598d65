"""How the tests of scheduled transfers make time pass."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from local.configuration import STAGE, Configuration
from local.http_client import Answer
from local.loopback import call
from local.story import Person
from tests.integration.money import get, post
from tests.integration.paying import Backstage

_RUN = f"/2015-03-31/functions/paycore-{STAGE}-transaction-run_schedules/invocations"


class Clockwork:
    """Makes schedules due and runs the job, as a minute would."""

    def __init__(self, platform: Configuration, backstage: Backstage) -> None:
        self._port, self.sql = platform.ports.invoke, backstage.sql

    def past(self, schedule_id: str, ago: str = "1 second") -> None:
        """As if the schedule had begun `ago`."""
        self.sql(
            "UPDATE transfer.schedule SET starts_at = now() - CAST(:ago AS interval), "
            "next_at = now() - CAST(:ago AS interval) WHERE id = :id",
            id=schedule_id, ago=ago,
        )  # fmt: skip

    def paused(self, schedule_id: str, ago: str) -> None:
        """As if it had been paused `ago`."""
        self.sql(
            "UPDATE transfer.schedule SET updated_at = now() - CAST(:ago AS interval) WHERE id = :id",
            id=schedule_id, ago=ago,
        )  # fmt: skip

    def run(self) -> int:
        answer = call(self._port, _RUN, body=b'{"id":"test"}', seconds_max=70)
        assert "X-Amz-Function-Error" not in answer.headers, answer.body
        # one that the job of the minute has in hand was left to it: its row is free when that has ended
        self.sql("SELECT FROM transfer.schedule WHERE next_at <= clock_timestamp() FOR NO KEY UPDATE")
        return int(json.loads(answer.body)["ended"])


def at(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def schedule(payer: Person, target: str | None, amount: int = 100, key: str | None = None, **more: Any) -> Answer:
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": target, "amount": amount, "currency": "EUR"}
    return post(payer, "/v1/schedules", {**body, "execute_at": at(3600), **more}, key)


def made_schedule(payer: Person, target: str | None, amount: int = 100, **more: Any) -> str:
    answer = schedule(payer, target, amount, **more)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def shown_schedule(payer: Person, schedule_id: str) -> dict[str, Any]:
    body: dict[str, Any] = get(payer, f"/v1/schedules/{schedule_id}").body
    return body


def change(person: Person, schedule_id: str, how: str) -> Answer:
    return person.client.request("POST", f"/v1/schedules/{schedule_id}/{how}", {})
