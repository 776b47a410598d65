"""The local system stops its own processes, all of them, and never somebody else's."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import processes
from local.configuration import Configuration, load
from local.processes import Identity, NotReady


@pytest.fixture
def configuration(tmp_path: Path) -> Iterator[Configuration]:
    configuration = load({"PAYCORE_HOME": str(tmp_path)})
    for folder in ("logs", "pids"):
        (tmp_path / folder).mkdir()
    yield configuration
    processes.stop(configuration, processes.recorded_names(configuration))


def start(configuration: Configuration, script: str, name: str = "server") -> Identity:
    processes.spawn(configuration, name, ["/bin/sh", "-c", script], os.environ)
    identity = processes.running(configuration, name)
    assert identity is not None
    return identity


class TestStop:
    def test_ends_the_process_and_forgets_it(self, configuration: Configuration) -> None:
        identity = start(configuration, "exec sleep 60")
        processes.stop(configuration, ["server"])
        assert not identity.alive()
        assert processes.recorded_names(configuration) == []

    def test_ends_children_that_a_crash_orphaned(self, configuration: Configuration) -> None:
        leader = start(configuration, "sleep 60 & sleep 60 & wait")
        while len(leader.group()) < 3:
            time.sleep(0.01)
        processes.send(leader.pid, signal.SIGKILL)
        while leader.alive():
            time.sleep(0.01)
        orphans = leader.group()
        assert len(orphans) == 2
        processes.stop(configuration, ["server"])
        assert not [pid for pid in orphans if Identity.of(pid)]

    def test_never_touches_a_stranger_with_the_same_number(self, configuration: Configuration) -> None:
        with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
            now = Identity.of(stranger.pid)
            assert now is not None
            earlier = f"{now.pid} {int(now.started) - 1} {now.boot}"
            configuration.pid_file("server").write_text(earlier)
            processes.stop(configuration, ["server"])
            assert stranger.poll() is None
            stranger.kill()

    def test_is_content_when_nothing_runs(self, configuration: Configuration) -> None:
        processes.stop(configuration, ["server"])


class TestWaitReady:
    def test_tells_the_last_lines_of_a_process_that_ended(self, configuration: Configuration) -> None:
        processes.spawn(configuration, "server", ["/bin/sh", "-c", "echo no such disk; exit 1"], os.environ)
        with pytest.raises(NotReady, match="no such disk"):
            processes.wait_ready(configuration, "server", lambda: False, 10)

    def test_tells_why_a_living_process_is_not_ready(self, configuration: Configuration) -> None:
        def refused() -> bool:
            raise ConnectionRefusedError("port closed")

        start(configuration, "exec sleep 60")
        with pytest.raises(NotReady, match="port closed"):
            processes.wait_ready(configuration, "server", refused, 2)
