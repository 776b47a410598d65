"""What all tests share: one running system for each process of a test run, beside any that a developer runs."""

import os
from collections.abc import Iterator

import pytest

from local import up
from local.configuration import Configuration, load
from local.http_client import Client
from tests.branches import expect_every_branch, watch
from tests.canary.registry import watch_clients
from tests.canary.search import expect_no_secret
from tests.pinning import expect_nothing_pins

# Two runs at once need different values of these two variables. The shift keeps every port below 32768, where Linux
# begins to hand ports out to clients: a server there sometimes finds its port taken.
_HOME = os.environ.get("PAYCORE_TEST_HOME", ".local-test")
_SHIFT = int(os.environ.get("PAYCORE_TEST_PORT_SHIFT", "3000"))
_SHIFT_BETWEEN = 770  # none of the ports of two systems are the same
# The processes of a run (`pytest -n`) are gw0, gw1, ...
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
TEST_SYSTEM = {
    "PAYCORE_HOME": f"{_HOME}-{_PROCESS}" if _PROCESS else _HOME,
    "PAYCORE_PORT_SHIFT": str(_SHIFT - _PROCESS * _SHIFT_BETWEEN),
}


@pytest.fixture(scope="session")
def platform() -> Iterator[Configuration]:
    """The whole system, started once; stopped at the end of the run, which fails for what would pin RDS Proxy or tells a secret."""
    configuration = load({**os.environ, **TEST_SYSTEM})
    try:
        watch(configuration)
        watch_clients()
        up.start(configuration)
        yield configuration
        expect_no_secret(configuration)
        expect_every_branch(configuration)
        expect_nothing_pins(configuration)
    finally:
        up.stop(configuration)


@pytest.fixture
def api(platform: Configuration, request: pytest.FixtureRequest) -> Client:
    """A client whose source address belongs to this test alone."""
    number = abs(hash(request.node.nodeid)) % (200 * 250 * 250)
    first, rest = divmod(number, 250 * 250)
    second, third = divmod(rest, 250)
    return Client(platform.ports.gateway, f"127.{first + 50}.{second + 1}.{third + 1}")
