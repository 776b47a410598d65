"""The local gateway: authorizer, its own answers, what reaches a function and what comes back."""

import json

import pytest

from tests.integration.local_platform.caller import Caller


class TestAuthorizer:
    def test_no_token_is_401_without_a_call(self, caller: Caller) -> None:
        answer = caller.http("GET", "/safe/a")
        assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (401, "UnauthorizedException")

    @pytest.mark.parametrize(("token", "status"), [("nobody", 401), ("denied", 403), ("crash", 500)])
    def test_refusals(self, caller: Caller, token: str, status: int) -> None:
        assert caller.http("GET", "/safe/a", Authorization=token).status == status

    def test_context_arrives_as_texts_and_the_answer_is_kept(self, caller: Caller) -> None:
        seen = [
            caller.http("GET", f"/safe/{path}", Authorization="anna").body["event"]["requestContext"]["authorizer"]
            for path in ("a", "b")
        ]
        assert seen[0]["principalId"] == "anna"
        assert seen[0]["admin"] == "true"
        assert seen[0]["calls"] == seen[1]["calls"]


class TestGateway:
    def test_an_unknown_path_is_the_api_s_own_answer(self, caller: Caller) -> None:
        answer = caller.http("GET", "/nothing")
        assert (answer.status, answer.body["code"]) == (404, "missing_authentication_token")
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["Request-Id"] == answer.headers["x-amz-apigw-id"] == answer.body["request_id"]

    def test_a_malformed_answer_is_502(self, caller: Caller) -> None:
        assert caller.http("GET", "/open/malformed").status == 502

    def test_no_room_is_502(self, caller: Caller) -> None:
        assert caller.http("GET", "/closed/a").status == 502

    def test_a_slow_integration_is_cut_and_the_function_goes_on(self, caller: Caller) -> None:
        answer = caller.http("GET", "/brief/sleep?seconds=0.6")
        assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (504, "InternalServerErrorException")
        assert caller.http("GET", "/single/a").status == 200

    def test_bad_utf_8_becomes_a_replacement_character(self, caller: Caller) -> None:
        assert caller.http("POST", "/open/a", b'{"a":"\xff"}').body["event"]["body"] == '{"a":"�"}'

    def test_repeated_headers_arrive_and_leave(self, caller: Caller) -> None:
        raw = caller.raw(b"GET /open/cookies HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n")
        assert raw.startswith(b"HTTP/1.1 201")
        assert raw.count(b"Set-Cookie: ") == 2

    def test_the_peer_is_appended_to_forwarded_for_and_counts(self, caller: Caller) -> None:
        event = caller.http("GET", "/open/a", X_Forwarded_For="1.2.3.4").body["event"]
        assert event["headers"]["X-Forwarded-For"] == "1.2.3.4, 127.0.0.1"
        assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"

    def test_one_access_line_per_request(self, caller: Caller) -> None:
        answer = caller.http("GET", "/safe/log", Authorization="anna", User_Agent='a "quoted" agent')
        line = json.loads(caller.log("gateway-access").splitlines()[-1])
        expected = {"status": "200", "path": "/live/safe/log", "agent": 'a "quoted" agent', "who": "anna"}
        assert line == {"id": answer.headers["x-amz-apigw-id"], **expected}
