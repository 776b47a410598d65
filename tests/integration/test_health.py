"""Health: no service makes the others wait, and a relay that is behind is seen."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from functions.edge import health
from local.configuration import Configuration
from local.http_client import Client
from paycore import aws, settings
from tests.integration.desk import Desk
from tests.integration.patience import until


def _says(status: str) -> bytes:
    return json.dumps({"body": json.dumps({"status": status})}).encode()


class Lambda(ThreadingHTTPServer):
    """An Invoke API: the function `hangs` answers when the test is over, `starts` after a cold start, the others at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.over = threading.Event()


class _Answer(BaseHTTPRequestHandler):
    server: Lambda

    def do_POST(self) -> None:
        name = self.path.split("/")[-2]
        self.server.asked.append(name)
        if name in ("hangs", "starts"):
            self.server.over.wait(None if name == "hangs" else 1.5 * health.TIME_OUT_S)
        answer = _says("warn" if name == "warns" else "pass")
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        with suppress(BrokenPipeError):  # the asker has given up
            self.end_headers()
            self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    """Functions behind an Invoke API; each was asked before, so it needs no start."""
    with Lambda() as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        variables = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{served.server_port}",
            "AWS_ACCESS_KEY_ID": "-",
            "AWS_SECRET_ACCESS_KEY": "-",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "HEALTH_FUNCTIONS": json.dumps({name: name for name in ("hangs", "starts", "well")}),
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.read.cache_clear()
        aws.client.cache_clear()
        monkeypatch.setattr(health, "_asked_before", {"hangs", "starts", "well"})
        yield served
        served.over.set()
        served.shutdown()
        settings.read.cache_clear()
        aws.client.cache_clear()


def _statuses() -> dict[str, str]:
    return {name: check["status"] for name, check in health.ask_all()["checks"].items()}


class TestAskAll:
    def test_waits_half_a_second_for_a_service_that_hangs_and_asks_it_once(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        health.ask_all()  # makes the clients
        # a busy machine may keep the one that is well waiting
        monkeypatch.setattr(health, "_asked_before", {"hangs", "starts"})
        functions.asked.clear()
        started = time.monotonic()
        assert _statuses() == {"hangs": "fail", "starts": "fail", "well": "pass"}
        assert time.monotonic() - started < health.COLD_TIME_OUT_S, "nobody was given the time of a start"
        assert sorted(functions.asked) == ["hangs", "starts", "well"]

    @pytest.mark.usefixtures("functions")
    def test_gives_the_first_question_the_time_of_a_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "_asked_before", {"hangs"})
        assert _statuses() == {"hangs": "fail", "starts": "pass", "well": "pass"}
        assert _statuses()["starts"] == "fail", "from now on it has no start to do"

    @pytest.mark.usefixtures("functions")
    @pytest.mark.parametrize(
        ("names", "whole"),
        [
            (["well"], "pass"),
            (["well", "warns"], "warn"),
            (["well", "warns", "hangs"], "fail"),
        ],
    )
    def test_is_as_well_as_the_worst_of_them(
        self, names: list[str], whole: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HEALTH_FUNCTIONS", json.dumps({name: name for name in names}))
        settings.read.cache_clear()
        # a busy machine may keep one that is well waiting
        monkeypatch.setattr(health, "_asked_before", {"hangs"})
        assert health.ask_all()["status"] == whole


@pytest.fixture
def desk(platform: Configuration) -> Iterator[Desk]:
    made = Desk(platform)
    yield made
    made.close()


class TestNotification:
    def test_tells_how_far_the_relay_is_behind(self, api: Client, desk: Desk) -> None:
        assert _outbox(api)["status"] == "pass"
        desk.rows(
            "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data, created_at) "
            "VALUES (1767225600000000, 'evt_stuck', 'wallet-events', 'stuck', 'wallet.eaten', 'wal_1', 'test', '{}', "
            "clock_timestamp() - interval '61 s')"
        )
        try:
            late = api.request("GET", "/health/notification")
            assert (late.status, late.body["status"], late.body["checks"]["outbox"]["status"]) == (200, "warn", "warn")
            assert 61 <= late.body["checks"]["outbox"]["observed_value"] < 90
            until(lambda: _asked_by_the_edge(api), lambda status: status == "warn")
        finally:
            desk.rows("DELETE FROM outbox.event WHERE event_id = 'evt_stuck'")
        assert _outbox(api)["status"] == "pass"


def _asked_by_the_edge(api: Client) -> str:
    """`fail` also where a busy machine let it wait for half a second."""
    status: str = api.request("GET", "/health").body["checks"]["notification"]["status"]
    return status


def _outbox(api: Client) -> dict[str, Any]:
    check: dict[str, Any] = api.request("GET", "/health/notification").body["checks"]["outbox"]
    return check
