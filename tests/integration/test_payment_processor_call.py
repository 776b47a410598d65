"""One call to a processor that misbehaves: every disturbance is `Unclear`, in time, and leads nowhere else."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from functions.payment.processor_call import DEADLINE_S, Unclear, call
from paycore import aws, settings
from paycore.invariants import BrokenInvariant
from paycore.settings import ProcessorSettings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Wire:
    """A server that sends whatever it is told, byte for byte, and keeps what it was sent."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def answers(self, *parts: bytes, pause_s: float = 0.0) -> None:
        """Answers one request with these parts, pausing after each."""

        def serve() -> None:
            connection, _ = self._listener.accept()
            with connection:
                self.requests.append(_request(connection))
                try:
                    for part in parts:
                        connection.sendall(part)
                        self._over.wait(pause_s)
                except OSError:  # the client has gone, as it should
                    return

        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._listener.close()
        if self._thread:
            self._thread.join(DEADLINE_S + 2)


def _request(connection: socket.socket) -> bytes:
    """All of one request, however many packets it comes in; what is no HTTP as far as the first packet goes."""
    request = connection.recv(65536)
    while request.startswith((b"GET ", b"POST ")):
        head, end, body = request.partition(b"\r\n\r\n")
        announced = re.search(rb"Content-Length: (\d+)", head)
        if end and len(body) == int(announced.group(1) if announced else 0):
            break
        request += connection.recv(65536)
    return request


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    made = Wire()
    _point_to(monkeypatch, f"http://127.0.0.1:{made.port}/processor")
    yield made
    made.close()


def _point_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(settings, "read", lambda _: ProcessorSettings(url, "processor"))
    monkeypatch.setattr(aws, "secret", lambda _: {"password": "secret"})


class TestCall:
    def test_sends_secret_key_and_body_to_the_path(self, wire: Wire) -> None:
        wire.answers(OK)
        assert call("POST", "/v1/charges", {"amount": 1}, key="pay_1").status == 200
        request = wire.requests[0].decode()
        assert request.startswith("POST /processor/v1/charges HTTP/1.1\r\n")
        for line in ("Authorization: Bearer secret", "Idempotency-Key: pay_1", '{"amount": 1}'):
            assert line in request

    @pytest.mark.parametrize("status", [400, 401, 404, 422])
    def test_a_4xx_is_an_answer(self, status: int, wire: Wire) -> None:
        wire.answers(b"HTTP/1.1 %d No\r\nContent-Length: 2\r\n\r\n{}" % status)
        assert call("GET", "/v1/charges/x").status == status

    @pytest.mark.parametrize(
        "parts",
        [
            (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",),
            (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",),
            (b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n",),
            (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/elsewhere\r\nContent-Length: 0\r\n\r\n",),
            (b"HTTP/1.1 307 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x" * 99999),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",),
            (b"garbage\r\n\r\n",),
            (b"",),
        ],
        ids=["500", "503", "429", "302", "307", "cut short", "too long", "bad chunk", "no HTTP", "nothing"],
    )
    def test_everything_else_is_unclear(self, parts: tuple[bytes, ...], wire: Wire) -> None:
        wire.answers(*parts)
        with pytest.raises(Unclear):
            call("POST", "/v1/charges", {}, key="k")
        assert len(wire.requests) == 1

    @pytest.mark.parametrize(
        "slow",
        [
            lambda wire: wire.answers(b"", pause_s=DEADLINE_S + 10),
            lambda wire: wire.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", *[b" "] * 20, pause_s=0.7),
        ],
        ids=["silence", "dripping"],
    )
    def test_a_slow_one_is_unclear_at_the_deadline(self, slow: Callable[[Wire], None], wire: Wire) -> None:
        slow(wire)
        started = time.monotonic()
        with pytest.raises(Unclear):
            call("GET", "/v1/charges/x")
        assert time.monotonic() - started < DEADLINE_S + 10

    def test_nobody_there_is_unclear(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        wire.close()
        _point_to(monkeypatch, f"http://127.0.0.1:{wire.port}/processor")
        with pytest.raises(Unclear):
            call("GET", "/v1/charges/x")

    def test_a_certificate_that_nobody_vouches_for_is_unclear(
        self, wire: Wire, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wire.answers(b"not TLS at all")
        _point_to(monkeypatch, f"https://127.0.0.1:{wire.port}/processor")
        with pytest.raises(Unclear):
            call("GET", "/v1/charges/x")

    @pytest.mark.parametrize("url", ["http://processor.example/processor", "ftp://127.0.0.1/processor", "127.0.0.1"])
    def test_card_data_never_leaves_without_tls(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        _point_to(monkeypatch, url)
        with pytest.raises(BrokenInvariant):
            call("GET", "/v1/charges/x")
