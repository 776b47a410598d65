"""The limit per address is exact: over processes, over functions, and in every window."""

import os
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from local.aws_endpoint import ssm_parameters
from local.configuration import STAGE, Configuration
from local.environments.code import process_variables
from local.environments.specification import functions_of
from local.template import load_template
from tests.integration.desk import Desk
from tests.integration.people import Town, somewhere

PROCESSES = 8
REQUESTS = 1000
LIMIT = 100


@pytest.fixture(scope="module")
def processes(platform: Configuration) -> Iterator[ProcessPoolExecutor]:
    """Environments of a function, as many as ask at once."""
    function = functions_of(load_template(platform), platform, ssm_parameters(platform))[f"paycore-{STAGE}-wallet-api"]
    variables = process_variables(function, platform, runtime_api="")
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), initializer=_become, initargs=(variables,)) as pool:
        yield pool


def _become(variables: Mapping[str, str]) -> None:
    """This process is an environment of the function from now on."""
    os.environ.update(variables)


def _ask(address: str, count: int) -> list[tuple[bool, bool]]:
    """Of each request whether it passed, and whether Redis had counted it."""
    from paycore.rate_limit import admit

    admissions = [admit(address, LIMIT, uuid.uuid4().hex) for _ in range(count)]
    return [(each.accepted, each.allowance.exact) for each in admissions]


class TestLimit:
    def test_is_exact_over_processes(self, processes: ProcessPoolExecutor) -> None:
        share = REQUESTS // PROCESSES
        asked = [processes.submit(_ask, somewhere(), 1) for _ in range(PROCESSES)]  # they start
        assert all(each.result() for each in asked)
        address = somewhere()
        futures = [processes.submit(_ask, address, share) for _ in range(PROCESSES)]
        answers = [answer for future in futures for answer in future.result()]
        assert len(answers) == REQUESTS
        passed = sum(accepted for accepted, exact in answers if exact)
        guessed = sum(not exact for _, exact in answers)  # on a machine so busy that Redis did not answer in time
        assert LIMIT - guessed <= passed <= LIMIT
        assert guessed < REQUESTS / 2

    def test_is_one_for_all_functions(self, town: Town) -> None:
        token = {"Authorization": f"Bearer {town.person().client.token}"}
        stranger = town.stranger()
        paths = ["/v1/wallets", "/v1/users/me", "/v1/payments", "/v1/notifications", "/v1/schedules"] * 30

        def ask(path: str) -> int:
            return stranger.request("GET", path, headers=token).status

        assert {ask(path) for path in paths[:5]} == {200}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, paths[5:]))
        assert answers.count(200) == LIMIT - 5
        assert answers.count(429) == len(answers) - answers.count(200)

    def test_gives_back_what_has_left_the_window_and_no_more(self, town: Town, desk: Desk) -> None:
        stranger = town.stranger()
        key = f"limit:ip:{stranger.address}"

        def ask() -> int:
            return stranger.request("GET", "/.well-known/jwks.json").status

        assert [ask() for _ in range(LIMIT + 1)] == [200] * LIMIT + [429]
        oldest: Any = desk.redis.zrange(key, 0, 29, withscores=True)
        desk.redis.zadd(key, {member: score - 61_000_000 for member, score in oldest})
        assert [ask() for _ in range(31)] == [200] * 30 + [429]

    def test_says_what_is_left_and_when_to_come_back(self, town: Town) -> None:
        stranger = town.stranger()
        answers = [stranger.request("GET", "/.well-known/jwks.json") for _ in range(LIMIT + 1)]
        assert [each.headers["ratelimit"].split(";")[1] for each in answers[:3]] == ["r=99", "r=98", "r=97"]
        refused = answers[-1]
        assert refused.headers["ratelimit-policy"] == '"ip";q=100;w=60'
        assert refused.headers["ratelimit"].startswith('"ip";r=0;t=')
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert (refused.body["code"], refused.body["retryable"]) == ("rate_limited", True)
