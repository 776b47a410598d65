"""Clients that are slow, silent or gone: each connection has a deadline in every state."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from local.configuration import HOST
from local.web.connection import Connection, Connections
from local.web.request import Limits, Request

QUICK = Limits(target_bytes=100, head_bytes=1000, body_bytes=1000, idle_seconds=0.3, request_seconds=0.3)
PATIENT = replace(QUICK, idle_seconds=1.0, request_seconds=1.0)  # for a client that must be in time, on a busy machine
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Echo(Connection):
    """Answers each request with its target."""

    def received(self, request: Request) -> None:
        self.answer(200, b"", request.target)


def against_echo(
    play: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]], limits: Limits = QUICK
) -> bytes:
    """What the client saw that `play` is."""

    async def run() -> bytes:
        connections = Connections(limits)
        connections.SWEEP_SECONDS = 0.05
        server = await asyncio.get_running_loop().create_server(lambda: Echo(connections), HOST, 0)
        sweeper = asyncio.create_task(connections.sweep_forever())
        reader, writer = await asyncio.open_connection(HOST, server.sockets[0].getsockname()[1])
        try:
            return await asyncio.wait_for(play(reader, writer), timeout=5)
        finally:
            writer.close()
            sweeper.cancel()
            server.close()
            connections.close()
            await asyncio.sleep(0.05)

    return asyncio.run(run())


class TestConnection:
    def test_a_silent_client_is_cut(self) -> None:
        async def play(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> bytes:
            return await reader.read()

        assert against_echo(play) == b""

    def test_a_request_that_does_not_end_is_told_so(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            return await reader.read()

        assert against_echo(play).startswith(b"HTTP/1.1 408 ")

    def test_one_byte_at_a_time_does_not_buy_time(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            for letter in range(20):
                writer.write(GET[letter : letter + 1])
                await asyncio.sleep(0.05)
            return await reader.read()

        assert against_echo(play).startswith(b"HTTP/1.1 408 ")

    def test_a_connection_is_used_again(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            for _ in range(3):
                writer.write(GET)
                await reader.readuntil(b"\r\n\r\n/")
                await asyncio.sleep(0.4)
            return b"three answers"

        assert against_echo(play, PATIENT) == b"three answers"

    def test_http_1_0_ends_with_its_answer(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            return await reader.read()

        assert b"Connection: close" in against_echo(play)

    def test_an_expected_continue_is_said(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
            said = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"a")
            return said + await reader.readuntil(b"\r\n\r\n")

        assert against_echo(play, PATIENT).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    def test_an_upgrade_is_declined_by_an_answer(self) -> None:
        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
            return await reader.read()

        assert against_echo(play).startswith(b"HTTP/1.1 200")
