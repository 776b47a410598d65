"""Reading notices under an Idempotency-Key: once per key, and by the owner alone."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.faults.outage import until
from tests.integration.people import Town

ABSENT = "ntf_00000000000000000000000000"


def inbox(person: Person) -> list[dict[str, Any]]:
    answer = person.client.request("GET", "/v1/notifications?limit=100")
    assert answer.status == 200, answer.raw
    notices: list[dict[str, Any]] = answer.body["data"]
    return notices


@pytest.fixture(scope="module")
def reader(town: Town) -> Person:
    """Somebody whose inbox holds at least two notices."""
    person = town.person("EUR")
    until(lambda: len(inbox(person)) >= 2, "two notices")
    return person


def read(person: Person, notification_id: object, key: str | None = None) -> Answer:
    return person.client.request("POST", f"/v1/notifications/{notification_id}/read", key=key)


class TestRead:
    def test_the_same_key_gives_the_same_answer(self, reader: Person) -> None:
        notice, key = inbox(reader)[0], secrets.token_hex(8)
        first, again = read(reader, notice["id"], key), read(reader, notice["id"], key)
        assert (first.status, first.raw) == (200, again.raw)
        assert first.body["read_at"]
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"

    def test_a_key_is_for_one_notice(self, reader: Person) -> None:
        one, other = (notice["id"] for notice in inbox(reader)[:2])
        key = secrets.token_hex(8)
        assert read(reader, one, key).status == 200
        answer = read(reader, other, key)
        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")

    def test_a_refusal_is_replayed_too(self, reader: Person) -> None:
        key = secrets.token_hex(8)
        first, again = read(reader, ABSENT, key), read(reader, ABSENT, key)
        assert (first.status, first.body["code"]) == (404, "notification_not_found")
        assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")

    @pytest.mark.parametrize("notification_id", ["x", "%F2%A6%87%83", "tx_" + "0" * 26, "n" * 300])
    def test_a_malformed_id_is_an_absent_one(self, reader: Person, notification_id: str) -> None:
        answers = read(reader, notification_id, secrets.token_hex(8)), read(reader, notification_id)
        for answer in answers:
            assert (answer.status, answer.body["code"]) == (404, "notification_not_found")

    def test_without_a_key_the_first_time_of_reading_stays(self, reader: Person) -> None:
        notice = inbox(reader)[1]
        first, again = read(reader, notice["id"]), read(reader, notice["id"])
        assert (first.status, again.status) == (200, 200)
        assert first.body["read_at"] == again.body["read_at"]

    def test_a_malformed_key_is_refused(self, reader: Person) -> None:
        answer = read(reader, inbox(reader)[0]["id"], "a b")
        assert (answer.status, answer.body["code"]) == (400, "invalid_idempotency_key")

    def test_nobody_reads_another_person_s(self, reader: Person, payee: Person) -> None:
        answer = read(payee, inbox(reader)[0]["id"], "k")
        assert (answer.status, answer.body["code"]) == (404, "notification_not_found")
