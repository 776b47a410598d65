"""The limits per address and per API key are exact: over processes, over functions, and in every window."""

import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from local.aws_endpoint import ssm_parameters
from local.configuration import STAGE, Configuration
from local.environments.code import process_variables
from local.environments.specification import functions_of
from local.http_client import Answer, Client
from local.template import load_template
from paycore.caller import key_entry
from paycore.rate_limit import KEY_LIMIT
from tests.integration.desk import Desk
from tests.integration.people import Town, somewhere

PROCESSES = 8
LIMIT = 100
POLICY = '"ip";q=100;w=60'
JWKS = "/.well-known/jwks.json"
ROUNDS_MAX = 5
NOT_EXACT = -1


@pytest.fixture(scope="module")
def processes(platform: Configuration) -> Iterator[ProcessPoolExecutor]:
    """Environments of a function, as many as ask at once."""
    function = functions_of(load_template(platform), platform, ssm_parameters(platform))[f"paycore-{STAGE}-wallet-api"]
    variables = process_variables(function, platform, runtime_api="")
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=_become, initargs=(variables,)) as pool:
        started = [pool.submit(_ask, somewhere(), None, 1) for _ in range(PROCESSES)]
        assert all(each.result() for each in started)
        yield pool


def _become(variables: Mapping[str, str]) -> None:
    """This process is an environment of the function from now on."""
    os.environ.update(variables)


def _ask(address: str, key: str | None, count: int) -> list[tuple[bool, bool]]:
    """Of each request whether it passed, and whether Redis had counted it."""
    from paycore.rate_limit import Lookups, admit

    lookups = Lookups(key, is_api_key=key is not None)
    admissions = [admit(address, LIMIT, uuid.uuid4().hex, lookups) for _ in range(count)]
    return [(each.accepted, each.allowance.exact) for each in admissions]


def _passed(processes: ProcessPoolExecutor, key: str | None, requests: int) -> int:
    """How many requests passed that all processes sent at once: from one address, or with one key from many.

    A machine may be so busy that Redis does not answer in time; then a process guesses, and the round says nothing.
    """
    address = somewhere()
    addresses = [address if key is None else somewhere() for _ in range(PROCESSES)]
    futures = [processes.submit(_ask, each, key, requests // PROCESSES) for each in addresses]
    answers = [answer for future in futures for answer in future.result()]
    assert len(answers) == requests
    return sum(accepted for accepted, _ in answers) if all(exact for _, exact in answers) else NOT_EXACT


def _first_exact(one_round: Callable[[], int]) -> int:
    """What the first round counted in which nothing was guessed."""
    rounds = (one_round() for _ in range(ROUNDS_MAX))
    return next((passed for passed in rounds if passed != NOT_EXACT), NOT_EXACT)


def _counted(town: Town, one_round: Callable[[Client], list[Answer]]) -> list[Answer]:
    """What a stranger was answered in the first round in which Redis counted each request."""
    for _ in range(ROUNDS_MAX):
        answers = one_round(town.stranger())
        if all(answer.headers["ratelimit-policy"] == POLICY for answer in answers):
            break
    return answers


class TestLimit:
    def test_is_exact_over_processes(self, processes: ProcessPoolExecutor) -> None:
        assert _first_exact(lambda: _passed(processes, None, 1000)) == LIMIT

    def test_of_a_key_is_exact_over_processes_and_addresses(self, processes: ProcessPoolExecutor, desk: Desk) -> None:
        def one_round() -> int:
            entry = key_entry(uuid.uuid4().hex)
            desk.redis.set(entry, json.dumps({"state": "active"}), ex=120)
            return _passed(processes, entry, KEY_LIMIT + 200)

        assert _first_exact(one_round) == KEY_LIMIT

    def test_is_one_for_all_functions(self, town: Town) -> None:
        token = {"Authorization": f"Bearer {town.person().client.token}"}
        paths = ["/v1/wallets", "/v1/users/me", "/v1/payments", "/v1/notifications", "/v1/schedules"] * 30

        def ask_all(stranger: Client) -> list[Answer]:
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(lambda path: stranger.request("GET", path, headers=token), paths))

        statuses = [answer.status for answer in _counted(town, ask_all)]
        assert statuses.count(200) == LIMIT
        assert statuses.count(429) == len(statuses) - LIMIT

    @pytest.mark.parametrize(
        "headers",
        [{}, {"Origin": "https://evil.example"}, {"Access-Control-Request-Method": "GET"}],
        ids=["bare", "of a page", "of no page"],
    )
    @pytest.mark.parametrize("path", ["/v1/users/me", "/v1/wallets", "/v1/auth/login"])
    def test_counts_an_options_that_is_no_preflight(self, town: Town, path: str, headers: dict[str, str]) -> None:
        answers = _counted(
            town, lambda stranger: [stranger.request("OPTIONS", path, headers=headers) for _ in range(2)]
        )
        assert {(answer.status, answer.body["code"]) for answer in answers} == {(405, "method_not_allowed")}
        assert [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers] == ['"ip";r=99', '"ip";r=98']
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        assert "ratelimit" not in town.stranger().request("OPTIONS", path, headers=asked).headers

    def test_gives_back_what_has_left_the_window_and_no_more(self, town: Town, desk: Desk) -> None:
        def ask_again_later(stranger: Client) -> list[Answer]:
            key = f"limit:ip:{stranger.address}"
            first = [stranger.request("GET", JWKS) for _ in range(LIMIT + 1)]
            oldest: Any = desk.redis.zrange(key, 0, 29, withscores=True)
            desk.redis.zadd(key, {member: score - 61_000_000 for member, score in oldest})
            return [*first, *(stranger.request("GET", JWKS) for _ in range(31))]

        statuses = [answer.status for answer in _counted(town, ask_again_later)]
        assert statuses == [200] * LIMIT + [429] + [200] * 30 + [429]

    def test_says_what_is_left_and_when_to_come_back(self, town: Town) -> None:
        answers = _counted(town, lambda stranger: [stranger.request("GET", JWKS) for _ in range(LIMIT + 1)])
        assert [each.headers["ratelimit"].split(";")[1] for each in answers[:3]] == ["r=99", "r=98", "r=97"]
        refused = answers[-1]
        assert refused.headers["ratelimit-policy"] == POLICY
        assert refused.headers["ratelimit"].startswith('"ip";r=0;t=')
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (refused.body["code"], refused.body["retryable"]) == ("rate_limited", True)
