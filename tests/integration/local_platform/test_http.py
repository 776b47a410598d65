"""The local gateway as an HTTP/1.1 server: framing, order, limits, bad and slow clients."""

import json

import pytest

from tests.integration.local_platform.caller import Caller


class TestConnection:
    def test_head_has_no_body(self, caller: Caller) -> None:
        raw = caller.raw(b"HEAD /open/a HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.endswith(b"\r\n\r\n")
        assert b"Content-Length: " in raw

    def test_chunked_bodies_are_read(self, caller: Caller) -> None:
        head = b"POST /open/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        raw = caller.raw(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        assert json.loads(raw.partition(b"\r\n\r\n")[2])["event"]["body"] == "abcde"

    def test_pipelined_requests_are_answered_in_order(self, caller: Caller) -> None:
        one = b"GET /open/%d HTTP/1.1\r\nHost: x\r\n\r\n"
        raw = caller.raw(b"".join(one % number for number in range(5)))
        assert [raw.find(b'"path": "/open/%d"' % number) > 0 for number in range(5)] == [True] * 5
        positions = [raw.find(b'"path": "/open/%d"' % number) for number in range(5)]
        assert positions == sorted(positions)

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            pytest.param(b"nonsense\r\n\r\n", 400, id="no HTTP"),
            pytest.param(b"GET /open/a HTTP/1.1\r\n\r\n", 400, id="no host"),
            *[
                pytest.param(b"GET /open/a HTTP/1.1\r\n%s\r\n\r\n" % hosts, 400, id=repr(hosts))
                for hosts in (b"Host: a:b", b"Host: ", b"Host: a b", b"Host: a/b", b"Host: [::1", b"Host: a\r\nhost: a")
            ],
            pytest.param(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, id="long target"),
            pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 11000 + b"\r\n\r\n", 431, id="long header"),
            pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: a\r\n" * 4000, 431, id="endless headers"),
            pytest.param(
                b"POST /open/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                400,
                id="two lengths",
            ),
        ],
    )
    def test_bad_http_is_refused_as_a_problem(self, caller: Caller, data: bytes, status: int) -> None:
        raw = caller.raw(data)
        head, _, body = raw.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d" % status)
        assert b"x-amzn-RequestId: " in head
        assert json.loads(body)["status"] == status

    @pytest.mark.parametrize("host", [b"x", b"x:80", b"127.0.0.1:14000", b"[::1]", b"[::1]:80", b"x:"])
    def test_every_form_of_a_host_is_read(self, caller: Caller, host: bytes) -> None:
        raw = caller.raw(b"GET /open/a HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host)
        assert raw.startswith(b"HTTP/1.1 200")

    def test_a_good_request_before_a_bad_one_is_answered(self, caller: Caller) -> None:
        raw = caller.raw(b"GET /open/a HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n")
        assert raw.count(b"HTTP/1.1 ") == 2
        assert raw.startswith(b"HTTP/1.1 200")

    def test_a_body_above_the_limit_is_413(self, caller: Caller) -> None:
        head = b"POST /open/a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (11 * 1024 * 1024)
        assert caller.raw(head + b"a" * (11 * 1024 * 1024)).startswith(b"HTTP/1.1 413")

    def test_a_body_above_lambda_s_limit_is_413(self, caller: Caller) -> None:
        assert caller.http("POST", "/open/a", b"a" * (7 * 1024 * 1024)).status == 413
