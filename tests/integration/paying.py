"""How payment tests pay, and how they look behind the scenes of the running system."""

import json
import os
import secrets
import signal
from functools import partial
from pathlib import Path
from typing import Any

from local.configuration import STAGE, Configuration
from local.http_client import Answer
from local.loopback import call
from local.secrets import database_logins
from local.services.postgres import DATABASE, OWNER, connect
from local.story import Person
from tests.integration.expiring import end_holds
from tests.integration.patience import attended, until

APPROVE = "4242424242424242"
DECLINE = "4000000000000002"
DECLINE_FUNDS = "4000000000009995"
SLOW = "4000000000000119"
LOST = "4000000000000127"
WRONG_AMOUNT = "4000000000000341"
REFUND_DECLINE = "4000000000005126"
REFUND_SLOW = "4000000000003055"
REFUND_LOST = "4000000000003063"


def card(number: str = APPROVE, **changes: object) -> dict[str, object]:
    return {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2032, "cvc": "123", **changes}}


def save_card(person: Person, number: str = APPROVE) -> str:
    """The id of the saved method."""
    # a processor that has just begun may answer too late
    answer = attended(partial(person.client.request, "POST", "/v1/payment-methods", card(number)))
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def pay(person: Person, method_id: str, amount: int = 1000, key: str | None = None, **changes: object) -> Answer:
    body = {"amount": amount, "currency": "EUR", "payment_method_id": method_id, "wallet_id": person.wallet_id}
    return person.client.request("POST", "/v1/payments", {**body, **changes}, key=key or secrets.token_hex(8))


def paid(person: Person, amount: int = 1000, number: str = APPROVE) -> str:
    """The id of a payment that succeeded."""
    answer = pay(person, save_card(person, number), amount)
    assert answer.status in (201, 202), answer.raw
    path = f"/v1/payments/{answer.body['id']}"
    # as above; what it did is found out within the minute
    until(partial(person.client.request, "GET", path), lambda payment: payment.body["status"] == "succeeded")
    return str(answer.body["id"])


def refund(person: Person, payment_id: str, amount: int | None = None, key: str | None = None) -> Answer:
    body = {} if amount is None else {"amount": amount}
    path = f"/v1/payments/{payment_id}/refunds"
    return person.client.request("POST", path, body, key=key or secrets.token_hex(8))


def posted(person: Person) -> int:
    answer = person.client.request("GET", f"/v1/wallets/{person.wallet_id}/balance")
    return int(answer.body["posted"])


def shown(person: Person) -> int:
    """The balance as the wallet object shows it, which may come from the cache."""
    answer = person.client.request("GET", f"/v1/wallets/{person.wallet_id}")
    return int(answer.body["balance"]["posted"])


class Backstage:
    """The database and the functions of the running system, as an operator reaches them."""

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform

    def sql(self, statement: str, **values: object) -> list[list[Any]]:
        """Runs a statement as the owner of the schemas."""
        password = database_logins(self._platform)[OWNER]
        connection = connect(self._platform, self._platform.ports.postgres, OWNER, password, DATABASE)
        try:
            return list(connection.run(statement, **values) or [])
        finally:
            connection.close()

    def end_hold(self, hold_id: str) -> None:
        """As if its time had passed."""
        end_holds(self._platform, {hold_id: 0})

    def make_due(self) -> None:
        """The processor is to be asked now about everything that is open."""
        for table in ("payment", "refund"):
            self.sql(f"UPDATE payment.{table} SET next_check_at = now() WHERE status = 'processing'")  # noqa: S608

    def settle(self) -> int:
        """Runs the scheduled job; returns how many it looked at."""
        return int(self.invoke("payment-settle_payments")["looked_at"])

    def invoke(self, function: str) -> dict[str, Any]:
        """Starts a function as its schedule does; what it answers."""
        path = f"/2015-03-31/functions/paycore-{STAGE}-{function}/invocations"
        answer = call(self._platform.ports.invoke, path, body=b'{"id":"test"}', seconds_max=70)
        assert "X-Amz-Function-Error" not in answer.headers, answer.body
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def end_lease(self, key: str) -> None:
        """As if a minute had passed since a request with this key began."""
        self.sql("UPDATE ledger.stored_answer SET leased_until = clock_timestamp() WHERE key = :key", key=key)

    def kill_payment_api(self) -> int:
        """The same to the payment API alone."""
        return self.kill_environments("functions.payment.api_handler.handler")

    def kill_environments(self, *handlers: str) -> int:
        """SIGKILL to each environment of these handlers of this very system; returns how many there were."""
        home, wanted = f"HOME={self._platform.home / 'tmp'}", {f"_HANDLER={handler}" for handler in handlers}
        killed = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                variables = (process / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:  # it ended meanwhile, or is not ours
                continue
            if home in variables and wanted & set(variables):
                os.kill(int(process.name), signal.SIGKILL)
                killed += 1
        return killed
