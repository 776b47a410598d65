"""The gate: a bug of ours is an opaque 500 in our shape, and the log tells the rest."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from starlette.middleware.cors import CORSMiddleware

from paycore.cache_entries import Lookup
from paycore.caller import Caller
from paycore.errors import SessionRevoked
from paycore.http import Router, needs
from paycore.http import gate as gate_module
from paycore.http.app import bare_app
from paycore.http.gate import Gate
from paycore.rate_limit import Admission, Allowance, Lookups

routes = Router()


@routes.get("/bug", openapi_extra=needs("public"))
async def get_bug() -> None:
    raise KeyError("password=hunter2")


@routes.get("/bugs/{name}", openapi_extra=needs("public"))
async def get_bug_of(name: str) -> None:
    raise KeyError(name)


PAGE = "https://ours.example"
_cors = partial(CORSMiddleware, allow_origins=[PAGE])


def _ask(
    app: Gate, path: str, source: str = "127.0.0.1", method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], Any]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    sent_headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    context = {"requestId": "the client's", "extendedRequestId": "req-1=", "identity": {"sourceIp": source}}
    context |= {"authorizer": {"session_id": "ses_1"}}
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": sent_headers, "scheme": "https", "server": ("test", 443), "aws.event": {"requestContext": context},
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert len(headers) == len(sent[0]["headers"]), "each header once"
    return sent[0]["status"], headers, json.loads(sent[1]["body"]) if method == "GET" else sent[1]["body"]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The gate with a limiter that lets everything pass."""
    admission = Admission(True, Allowance(100, 99, 60), None, Lookup())
    monkeypatch.setattr(gate_module, "admit", lambda *_: admission)
    return Gate(bare_app("test", routes), 100, None, cors=_cors)


class TestCacheHits:
    @pytest.mark.parametrize(
        ("lookups", "state", "body", "told"),
        [
            (Lookups("session:ses_1", entry_key="wallet:wal_1"), "{}", "{}", {"session": 1, "wallet": 1}),
            (Lookups("session:ses_1", entry_key="wallet:wal_1"), "{}", "", {"session": 1, "wallet": 0}),
            (Lookups("api_key:digest", is_api_key=True), None, None, {"api_key": 0}),
            (Lookups(), None, None, {}),
        ],
    )
    def test_are_told_by_what_the_entries_hold(
        self, lookups: Lookups, state: str | None, body: str | None, told: dict[str, int]
    ) -> None:
        admission = Admission(True, Allowance(100, 99, 60), state, Lookup(lookups.entry_key or "", body))
        assert admission.hits(lookups) == told

    def test_are_not_told_while_redis_is_down(self) -> None:
        admission = Admission(True, Allowance(25, 24, 60, exact=False), None, Lookup())
        assert admission.hits(Lookups("session:ses_1", entry_key="wallet:wal_1")) == {}


class TestGate:
    def test_a_bug_is_an_opaque_500(self, app: Gate) -> None:
        status, headers, body = _ask(app, "/bug")
        assert (status, body["code"], body["request_id"]) == (500, "internal_error", "req-1=")
        assert headers["content-type"] == "application/problem+json"
        assert "hunter2" not in json.dumps(body)

    @pytest.mark.parametrize("path", ["/bugs/\0", "/bugs/a\0b", "/\0/a"])
    def test_a_nul_in_the_path_reaches_no_route_and_is_counted(self, app: Gate, path: str) -> None:
        status, headers, body = _ask(app, path)
        assert (status, body["code"], headers["ratelimit"]) == (404, "not_found", '"ip";r=99;t=60')

    @pytest.mark.parametrize(
        ("source", "counted"),
        [
            ("203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ],
    )
    def test_a_customer_of_a_provider_is_one_source(
        self, app: Gate, monkeypatch: pytest.MonkeyPatch, source: str, counted: str
    ) -> None:
        asked = []

        def admit(address: str, *_: object) -> Admission:
            asked.append(address)
            return Admission(True, Allowance(100, 99, 60), None, Lookup())

        monkeypatch.setattr(gate_module, "admit", admit)
        _ask(app, "/nothing", source)
        assert asked == [counted]

    def test_every_answer_carries_the_headers(self, app: Gate) -> None:
        status, headers, body = _ask(app, "/nothing")
        assert (status, body["code"]) == (404, "not_found")
        assert headers["request-id"] == "req-1="
        assert headers["ratelimit"] == '"ip";r=99;t=60'
        assert headers.keys() >= {name.decode() for name in gate_module.SECURITY_HEADERS}


class TestPage:
    """What a page of ours may read: every answer (docs/decisions/0039)."""

    @pytest.mark.parametrize(("path", "expected"), [("/bug", 500), ("/nothing", 404), ("/bugs/\0", 404)])
    def test_every_refusal(self, app: Gate, path: str, expected: int) -> None:
        status, headers, _ = _ask(app, path, origin=PAGE)
        assert (status, headers["access-control-allow-origin"], headers["request-id"]) == (expected, PAGE, "req-1=")
        assert headers.keys() >= {name.decode() for name in gate_module.SECURITY_HEADERS}

    @pytest.mark.usefixtures("app")
    @pytest.mark.parametrize(
        ("found", "expected"),
        [(SessionRevoked(), (401, PAGE, "session_revoked")), (KeyError("hunter2"), (500, PAGE, "internal_error"))],
        ids=["a session that is over", "a bug"],
    )
    def test_what_identifying_finds(self, found: Exception, expected: tuple[int, str, str]) -> None:
        def identify(*_: object) -> Caller:
            raise found

        status, headers, body = _ask(Gate(bare_app("test", routes), 100, identify, cors=_cors), "/nothing", origin=PAGE)
        assert (status, headers.get("access-control-allow-origin"), body["code"]) == expected

    def test_a_preflight_is_neither_counted_nor_identified(self, app: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(gate_module, "admit", None)
        status, headers, _ = _ask(app, "/nothing", method="OPTIONS", origin=PAGE, access_control_request_method="GET")
        assert (status, headers["access-control-allow-origin"], headers["request-id"]) == (200, PAGE, "req-1=")
        assert "ratelimit" not in headers
