"""One small system of a gateway and some functions for all tests of this folder."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
import uvloop

from tests.integration.local_platform.caller import Caller, wait_until
from tests.integration.local_platform.system import small_runtime


@pytest.fixture(scope="package")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    configuration, runtime = small_runtime(tmp_path_factory.mktemp("small"))
    stopped = asyncio.Event()
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(runtime.serve(stopped)))
    thread.start()
    wait_until(configuration.ready_file("gateway").exists)
    yield Caller(configuration)
    loop.call_soon_threadsafe(stopped.set)
    thread.join(timeout=10)
    loop.close()
