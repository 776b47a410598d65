"""The strict JSON reader: one clean object, or the right refusal."""

import json
import sys

import pytest

from paycore.errors import InvalidJson, InvalidRequest
from paycore.http.strict_json import canonical, read_object


class TestReadObject:
    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{", b"[]", b"null", b'"x"', b"1", b"{} trailing", b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}',
            b'{"a":1,"a":2}', b'{"a":{"b":1,"b":1}}', b'{"a":"\xff"}', b"\xef\xbb\xbf{}", '{"a":"\ufffd"}'.encode(),
            b'{"a":' + b"9" * 4301 + b"}", b"[" * 100_000, b'{"a":' * 100_000, '{"a":1}'.encode("utf-16"),
            b'{"a":"\x00"}', b"{'a':1}",
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_one_clean_object(self, body: bytes) -> None:
        with pytest.raises(InvalidJson):
            read_object(body)

    @pytest.mark.parametrize(
        ("body", "place"),
        [
            (rb'{"a":"\ud800"}', "/a"),
            (rb'{"a":{"b":["x","\u0000"]}}', "/a/b/1"),
            (rb'{"a":{"\udfff":1}}', "/a"),
            (rb'{"a":"\ufffd"}', "/a"),
            (rb'{"a":{"the client\u0027s":"\u0000"}}', "/a"),
        ],
    )
    def test_refuses_text_that_nobody_may_store(self, body: bytes, place: str) -> None:
        with pytest.raises(InvalidRequest) as refusal:
            read_object(body, lambda: frozenset("ab"))
        assert [error["param"] for error in refusal.value.errors] == [place]

    def test_tells_no_more_places_than_a_client_reads(self) -> None:
        body = b'{"a":[' + b",".join([rb'"\u0000"'] * 30_000) + b"]}"
        with pytest.raises(InvalidRequest) as refusal:
            read_object(body, lambda: frozenset("a"))
        assert [error["param"] for error in refusal.value.errors] == [f"/a/{index}" for index in range(20)]

    def test_finds_such_text_deeper_than_functions_may_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # how deep the interpreter's own reader goes differs from release to release
        value: object = "\0"
        for _ in range(10 * sys.getrecursionlimit()):
            value = {"a": value}
        monkeypatch.setattr(json, "loads", lambda *_, **__: value)
        with pytest.raises(InvalidRequest):
            read_object(rb'"\u0000"')

    def test_reads_an_escaped_pair_of_surrogates(self) -> None:
        assert read_object(rb'{"a":"\ud83d\ude00"}') == {"a": "\U0001f600"}

    def test_canonical_text_ignores_order_and_space(self) -> None:
        assert canonical(read_object(b'{"b": 1, "a": [1, {"d":2,"c":3}]}')) == '{"a":[1,{"c":3,"d":2}],"b":1}'
