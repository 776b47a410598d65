"""The gateway's own answers and its access log, as the template words them."""

import json
from pathlib import Path

import pytest

from local.gateway.access_log import AccessLog
from local.gateway.exchange import Exchange, Refusal
from local.gateway.responses import GatewayResponses, header_text
from local.template import Template
from local.web.request import Request
from tests.local_system import gateway_response, small_template


def exchange(agent: str = "test") -> Exchange:
    headers = [(b"User-Agent", agent.encode("latin-1"))]
    return Exchange(Request(target=b"/a?secret=1", method="GET", headers=headers), "127.0.0.1", "live")


class TestRefuse:
    def test_fills_in_the_template(self) -> None:
        one = exchange()
        status, head, body = GatewayResponses(small_template({})).refuse(one, Refusal("UNAUTHORIZED", "Unauthorized"))
        assert status == 401
        assert json.loads(body) == {"code": "unauthorized", "request_id": one.extended_id, "status": 401}
        assert f"Request-Id: {one.extended_id}\r\n".encode() in head
        assert b"Content-Type: application/problem+json\r\n" in head

    def test_what_the_template_lacks_follows_the_default_of_its_hundred(self) -> None:
        responses = GatewayResponses(small_template({}))
        assert responses.refuse(exchange(), Refusal("THROTTLED", ""))[0] == 400
        assert responses.refuse(exchange(), Refusal("AUTHORIZER_FAILURE", ""))[0] == 502

    def test_without_any_response_it_is_aws_s_own(self) -> None:
        status, _, body = GatewayResponses(Template({})).refuse(exchange(), Refusal("THROTTLED", 'Too "Many"'))
        assert (status, json.loads(body)) == (429, {"message": 'Too "Many"'})

    @pytest.mark.parametrize(
        ("sent", "status", "code"),
        [
            (400, 400, "default_4xx"),
            (408, 408, "request_timeout"),
            (413, 413, "request_too_large"),
            (414, 414, "uri_too_long"),
            (431, 431, "headers_too_large"),
        ],
    )
    def test_unreadable_http_keeps_its_status_and_has_a_code_of_its_own(
        self, sent: int, status: int, code: str
    ) -> None:
        answered, _, body = GatewayResponses(small_template({})).unreadable(exchange(), sent)
        problem = json.loads(body)
        assert (answered, problem["status"], problem["code"]) == (status, status, code)

    def test_an_unknown_variable_stops_the_start(self) -> None:
        response = gateway_response("THROTTLED", 429)
        response["Properties"]["ResponseTemplates"] = {"application/json": "$context.nothing"}
        with pytest.raises(LookupError, match="nothing"):
            GatewayResponses(small_template({"Throttled": response}))


class TestHeaderText:
    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("'no-store'", "no-store"),
            ("'default-src 'none''", "default-src 'none'"),
            ("context.requestId", "$context.requestId"),
        ],
    )
    def test_reads(self, expression: str, expected: str) -> None:
        assert header_text(expression) == expected

    def test_refuses_what_it_does_not_know(self) -> None:
        with pytest.raises(LookupError):
            header_text("method.request.header.Origin")


class TestAccessLog:
    def test_writes_one_line_with_each_variable_or_a_dash(self, tmp_path: Path) -> None:
        log = AccessLog('{"a":"$context.path","b":"$context.status","c":"$context.authorizer.user_id"}', tmp_path / "l")
        one = exchange()
        one.status = 200
        log.write(one)
        log.close()
        assert (tmp_path / "l").read_text() == '{"a":"/live/a","b":"200","c":"-"}\n'

    def test_a_value_can_not_end_its_text(self, tmp_path: Path) -> None:
        log = AccessLog('{"agent":"$context.identity.userAgent"}', tmp_path / "l")
        agent = 'a","status":"200\\ ä'
        assert json.loads(log.line(exchange(agent))) == {"agent": agent}
        log.close()
