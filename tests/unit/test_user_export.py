"""An export never grows beyond what Lambda can answer: what has no room is told to be elsewhere."""

import json

from functions.user.account.export import BYTES_MAX, Room

LAMBDA_BYTES_MAX = 6_291_556
PATH = "/v1/wallets"


class TestRoom:
    def test_shows_all_that_there_is(self) -> None:
        bodies = [{"id": number} for number in range(3)]
        assert Room().part(bodies, 3, PATH) == {"data": bodies, "has_more": False, "path": PATH}

    def test_shows_no_more_than_it_should(self) -> None:
        part = Room().part([{"id": number} for number in range(4)], 3, PATH)
        assert ([each["id"] for each in part["data"]], part["has_more"]) == ([0, 1, 2], True)

    def test_ends_before_the_document_is_too_large(self) -> None:
        """Also where each character takes the most when it is written in JSON within JSON."""
        for character in ("x", '"', "é", "\N{MONEY BAG}", "\x7f"):
            room = Room()
            large = [{"id": number, "note": character * 9_000} for number in range(1_000)]
            first, second = room.part(large, 1_000, PATH), room.part(large, 1_000, PATH)
            assert first["has_more"]
            assert second["has_more"]
            assert 0 < len(first["data"]) < 1_000
            answer = json.dumps({"body": json.dumps([first, second], ensure_ascii=False)})
            assert BYTES_MAX * 0.9 < len(answer) < LAMBDA_BYTES_MAX
