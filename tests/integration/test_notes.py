"""What stands beside the money: notes of the initiator alone, within their limits, and a history to find them in."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import fund, history, moved, refusal, rich_person, transfer
from tests.integration.people import Town

SPENDING = ("transfer", "hold")


@pytest.fixture(scope="module")
def rich(town: Town, admin: Person) -> Person:
    """Somebody with 1,000,000 in a EUR wallet."""
    return rich_person(town, admin)


@pytest.fixture(scope="module")
def other(town: Town) -> Person:
    """The other side."""
    return town.person("EUR")


@pytest.fixture(autouse=True)
def elsewhere(rich: Person, other: Person) -> None:
    """Each test comes from addresses of its own: the limit counts addresses."""
    for person in (rich, other):
        person.client.address = f"127.{150 + secrets.randbelow(50)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"


def _paths(rich: Person, other: Person) -> dict[str, dict[str, Any]]:
    """The routes that take notes, with a body that is good."""
    sides = {"source_wallet_id": rich.wallet_id, "target_wallet_id": other.wallet_id}
    return {
        "transfer": {**sides, "amount": 1, "currency": "EUR"},
        "hold": {**sides, "amount": 1, "currency": "EUR"},
    }


def _send(person: Person, path: str, body: object, key: str | None = None) -> Answer:
    return person.client.request("POST", f"/v1/transactions/{path}", body, key=key or secrets.token_hex(8))


class TestMetadata:
    @pytest.mark.parametrize(
        "metadata",
        [
            {f"k{place}": "v" for place in range(51)}, {"k" * 41: "v"}, {"k": "v" * 501}, {"": "v"}, {"a b": "v"},
            {"k": 1}, {"k": None}, {"k": {"a": "b"}}, [], "x", None,
            {"card": "4242424242424242"}, {"card": "my 4242 4242-4242 4242"}, {"4242424242424242": "card"},
        ],
    )  # fmt: skip
    def test_beyond_its_limits_is_refused(self, rich: Person, other: Person, metadata: Any) -> None:
        for path in SPENDING:
            answer = _send(rich, path, {**_paths(rich, other)[path], "metadata": metadata})
            assert refusal(answer) == (422, "invalid_request")
            assert b"4242" not in answer.raw

    def test_at_its_limits_is_kept(self, rich: Person, other: Person) -> None:
        metadata = {f"k{place:02d}".ljust(40, "x"): "v" * 500 for place in range(50)}
        answer = _send(rich, "transfer", {**_paths(rich, other)["transfer"], "metadata": metadata})
        assert (answer.status, answer.body["metadata"]) == (201, metadata)

    @pytest.mark.parametrize("name", ["description", "external_id"])
    def test_so_is_text(self, rich: Person, other: Person, name: str) -> None:
        for text in ("", " ", "\x00", "\ud800", "a\u202eb", "x" * 501, 7):
            body = {**_paths(rich, other)["transfer"], name: text}
            assert refusal(_send(rich, "transfer", body)) == (422, "invalid_request"), text


class TestNotes:
    @pytest.mark.parametrize("path", SPENDING)
    def test_are_the_initiator_s_alone(self, rich: Person, payee: Person, path: str) -> None:
        notes = {"external_id": secrets.token_hex(8), "metadata": {"secret": secrets.token_hex(8)}}
        made = _send(rich, path, {**_paths(rich, payee)[path], **notes, "description": "Lunch"}).body
        assert {name: made[name] for name in notes} == notes
        seen = payee.client.request("GET", f"/v1/transactions/{made['id']}").body
        assert (seen["external_id"], seen["metadata"], seen["description"]) == (None, {}, "Lunch")
        (name, value), *_ = notes["metadata"].items()  # type: ignore[attr-defined]
        for query in (f"external_id={notes['external_id']}", f"metadata[{name}]={value}"):
            assert [row["id"] for row in history(rich, query)] == [made["id"]]
            assert history(payee, query) == []


class TestHistory:
    def test_narrows_by_amount_and_time(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        made = [transfer(payer, payee.wallet_id, amount).body for amount in (10, 20, 30)]

        def amounts(query: str) -> list[int]:
            return [row["amount"] for row in history(payee, query)]

        assert amounts("amount_gte=20") == [30, 20]
        assert amounts("amount_lte=20") == [20, 10]
        assert amounts("amount_gte=11&amount_lte=29") == [20]
        middle = made[1]["created_at"].replace("+", "%2B")
        assert amounts(f"created_gte={middle}") == [30, 20]
        assert amounts(f"created_lt={middle}") == [10]

    def test_narrows_by_several_notes_at_once(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 100)
        for place in range(3):
            moved(payer, payee.wallet_id, place + 1, metadata={"shop": "a", "till": str(place % 2)})
        found = history(payer, "metadata[shop]=a&metadata[till]=0")
        assert [row["amount"] for row in found] == [3, 1]
        assert history(payer, "metadata[shop]=b") == []

    @pytest.mark.parametrize(
        "query",
        [
            "amount_gte=0", "amount_gte=x", "amount_lte=1.5", "created_gte=yesterday", "created_lt=2026-01-01T00:00:00",
            "kind=gift", "status=done", "currency=eur", "metadata=x", "metadata[a=b", "amount=1", "limit=0",
            "cursor=x", "kind=transfer&kind=hold",
        ],
    )  # fmt: skip
    def test_refuses_a_bad_filter(self, rich: Person, query: str) -> None:
        assert refusal(rich.client.request("GET", f"/v1/transactions?{query}")) == (400, "invalid_parameter")
