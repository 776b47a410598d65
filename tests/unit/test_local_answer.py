"""A function's answer as HTTP: API Gateway's rules for Lambda proxy answers."""

import json
from typing import Any

import pytest

from local.gateway.answer import MalformedAnswer, read_answer
from local.gateway.media_types import BinaryMediaTypes


def read(answer: Any, *, binary: bool = False) -> tuple[int, bytes, bytes]:
    return read_answer(json.dumps(answer).encode(), binary=binary)


class TestReadAnswer:
    def test_takes_status_headers_and_body(self) -> None:
        answer = {"statusCode": 201, "headers": {"Content-Type": "text/plain", "X-N": 3}, "body": "ä"}
        assert read(answer) == (201, b"Content-Type: text/plain\r\nX-N: 3\r\n", "ä".encode())

    def test_json_is_the_type_of_an_answer_that_names_none(self) -> None:
        assert read({"statusCode": "204"}) == (204, b"Content-Type: application/json\r\n", b"")

    def test_a_list_of_values_counts_before_a_single_one(self) -> None:
        answer = {"statusCode": 200, "headers": {"x-a": "0"}, "multiValueHeaders": {"X-A": ["1", "2"]}}
        assert read(answer)[1].endswith(b"X-A: 1\r\nX-A: 2\r\n")
        assert b"x-a: 0" not in read(answer)[1]

    @pytest.mark.parametrize("name", ["Date", "Content-Length", "WWW-Authenticate", "Server"])
    def test_some_headers_are_shown_under_another_name(self, name: str) -> None:
        assert f"x-amzn-Remapped-{name}: a".encode() in read({"statusCode": 200, "headers": {name: "a"}})[1]

    def test_base64_is_decoded_for_a_client_that_takes_bytes(self) -> None:
        answer = {"statusCode": 200, "body": "aGVsbG8=", "isBase64Encoded": True}
        assert read(answer, binary=True)[2] == b"hello"
        assert read(answer, binary=False)[2] == b"aGVsbG8="

    @pytest.mark.parametrize(
        "answer",
        [
            None,
            "text",
            [],
            {},
            {"body": "no status"},
            {"statusCode": "abc"},
            {"statusCode": 99},
            {"statusCode": 200, "body": {"a": 1}},
            {"statusCode": 200, "unknown": 1},
            {"statusCode": 200, "headers": ["a"]},
            {"statusCode": 200, "headers": {"a": {"b": 1}}},
            {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
            {"statusCode": 200, "headers": {"a": "😀"}},
        ],
    )
    def test_refuses_a_malformed_one(self, answer: Any) -> None:
        with pytest.raises(MalformedAnswer):
            read(answer)

    def test_refuses_what_is_no_json(self) -> None:
        with pytest.raises(MalformedAnswer):
            read_answer(b"<html>", binary=False)


class TestBinaryMediaTypes:
    @pytest.mark.parametrize(
        ("declared", "content_type", "expected"),
        [
            ([], "image/png", False),
            (["image/png"], "image/png", True),
            (["image/png"], "IMAGE/PNG; a=b", True),
            (["image/png"], "text/plain", False),
            (["*/*"], None, True),
        ],
    )
    def test_sent(self, declared: list[str], content_type: str | None, expected: bool) -> None:
        assert BinaryMediaTypes(declared).sent(content_type) is expected

    def test_only_the_first_accepted_type_counts(self) -> None:
        types = BinaryMediaTypes(["application/pdf"])
        assert types.accepted("application/pdf, text/html")
        assert not types.accepted("text/html, application/pdf")
