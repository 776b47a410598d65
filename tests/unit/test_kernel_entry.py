"""The door of an API function: what a client calls the host is not our concern."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from paycore.entry import api_handler

SAMPLE = Path(__file__).parents[2] / "events" / "apigw_get_v1_wallets.json"


@pytest.fixture(autouse=True)
def _own_loop() -> Iterator[None]:
    """Mangum runs the application in the thread's loop."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


async def tell_host(scope: Scope, receive: Receive, send: Send) -> None:
    answer = JSONResponse([scope["server"][0], Request(scope).headers.getlist("host")])
    await answer(scope, receive, send)


class TestApiHandler:
    @pytest.mark.parametrize("name", ["Host", "host"])
    @pytest.mark.parametrize("hosts", [["a:b"], ["[::1]"], ["a:80", "b:80"], [""], ["evil.example"]])
    def test_sees_the_api_s_own_name_whatever_the_client_says(self, name: str, hosts: list[str]) -> None:
        event: dict[str, Any] = json.loads(SAMPLE.read_text())
        event["headers"] = {name: hosts[-1]}
        event["multiValueHeaders"] = {name: hosts}
        domain = event["requestContext"]["domainName"]
        answer = api_handler(tell_host)(event, None)
        assert json.loads(answer["body"]) == [domain, [domain]]
        assert event["headers"] == {name: hosts[-1]}, "the event itself stays as it came"
