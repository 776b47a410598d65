"""What schemathesis is told of our system: other addresses, tokens, and ids that name something."""

import itertools
import json
import os
from typing import Any

import requests
import schemathesis
from requests.adapters import HTTPAdapter
from schemathesis import Case, HookContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response

from tests.fuzz.asker import Asker, checksum
from tests.integration.people import somewhere

REQUESTS_FROM_ONE_ADDRESS = 80  # of the 100 a minute that an address may send
SHARED = ("/v1/admin/spending-limits/", "/v1/admin/step-up-limits/")  # they hold for everybody in a currency
LAST_ACT = ("DELETE", "/v1/users/me")
BARING = ("POST", "/v1/auth/mfa/disable")  # an admin without a factor could do little in the rest of the run
NOBODY_S_WALLET = "wal_" + "0" * 26
NOBODY_S_CURRENCY = "BTN"  # no test has money in it
REFUSED_FOR_NOW = {"busy", "overloaded", "unavailable"}  # 503: the machine is slow, or two want the same
TURNS = ("admin", "user", "key", "merchant", "user", "admin", "no token", "user", "key", "admin")

ASKERS = {who: Asker(**facts) for who, facts in json.loads(os.environ["FUZZ_ASKERS"]).items()}
_asking: dict[str, Asker] = {}  # by the id of a case
_numbers = itertools.count()


class Roaming(HTTPAdapter):
    """Moves on before the limit is reached: the limiter stays on."""

    _sent = 0

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, source_address=(somewhere(), 0))

    def send(self, *args: Any, **options: Any) -> requests.Response:
        self._sent += 1
        if self._sent % REQUESTS_FROM_ONE_ADDRESS == 0:
            self.poolmanager.clear()
            self.init_poolmanager(1, 1)
        return super().send(*args, **options)


requests.sessions.HTTPAdapter = Roaming  # type: ignore[attr-defined]  # the only door to the session of schemathesis


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001  # its shape
    """Puts in who asks and, mostly, what exists."""
    asked = (case.path_parameters, case.query, case.body)
    # the same asks the same again, so that a failure can be repeated; where nothing differs, everybody in turn
    turn = checksum(asked) if any(isinstance(part, dict) and part for part in asked) else next(_numbers)
    asking = TURNS[turn % len(TURNS)]
    asker = _asking[case.id] = ASKERS["user" if (case.method.upper(), case.path) == BARING else asking]
    if asker.token:
        case.headers["Authorization"] = f"Bearer {asker.token}"
    for part in asked:
        _enliven(part, asker)
    if (case.method.upper(), case.path) == LAST_ACT:
        case.query = {"sweep_to": NOBODY_S_WALLET}  # who asks stays for the rest of the run
    if case.path.startswith(SHARED):
        case.path_parameters["currency"] = NOBODY_S_CURRENCY


@schemathesis.hook
def after_call(context: HookContext, case: Case[Any], response: Response) -> None:  # noqa: ARG001
    """Learns what was made, and signs in again where the session has ended."""
    asker = _asking.pop(case.id)
    if response.status_code == 201:
        asker.learn(response.json())
    if response.status_code == 401 and asker.token and not case.path.startswith("/v1/auth/"):
        asker.sign_in()


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:  # noqa: ARG001
    """What the document calls a refusal for now is no failure of the server."""
    return not (response.status_code == 503 and response.json().get("code") in REFUSED_FOR_NOW)


def _enliven(place: object, asker: Asker) -> None:
    """Replaces ids and addresses at any depth, where they are texts."""
    if isinstance(place, list):
        for item in place:
            _enliven(item, asker)
    if isinstance(place, dict):
        for name, value in place.items():
            if isinstance(value, str):
                place[name] = asker.true_value(name, value)
            else:
                _enliven(value, asker)
