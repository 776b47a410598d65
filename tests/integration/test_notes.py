"""What stands beside the money: notes of the initiator alone, within their limits, and a history to find them in."""

import secrets
from typing import Any

import pytest

from local.story import Person
from tests.integration.money import fund, history, moved, refusal, spend, transfer


class TestMetadata:
    def test_at_its_limits_is_kept(self, rich: Person, other: Person) -> None:
        metadata = {f"k{place:02d}".ljust(40, "x"): "v" * 500 for place in range(50)}
        answer = transfer(rich, other.wallet_id, 1, metadata=metadata)
        assert (answer.status, answer.body["metadata"]) == (201, metadata)

    def test_refuses_an_external_id_that_is_none(self, rich: Person, other: Person) -> None:
        for text in ("", " ", "\x00", "\ud800", "a\u202eb", "x" * 501, 7):
            assert refusal(transfer(rich, other.wallet_id, 1, external_id=text)) == (422, "invalid_request"), text


class TestNotes:
    @pytest.mark.parametrize("kind", ["transfer", "hold"])
    def test_are_the_initiator_s_alone(self, rich: Person, payee: Person, kind: str) -> None:
        notes: dict[str, Any] = {"external_id": secrets.token_hex(8), "metadata": {"secret": secrets.token_hex(8)}}
        made = spend(rich, kind, payee.wallet_id, 1, **notes, description="Lunch").body
        assert {name: made[name] for name in notes} == notes
        seen = payee.client.request("GET", f"/v1/transactions/{made['id']}").body
        assert (seen["external_id"], seen["metadata"], seen["description"]) == (None, {}, "Lunch")
        (name, value), *_ = notes["metadata"].items()
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
            "cursor=x", "kind=transfer&kind=hold", "metadata[]=x", "metadata[%00]=x", "metadata[a%00b]=x", "metadata[a%20b]=x",
            "metadata[a]b]=x", "metadata[%ff]=x", f"metadata[{'a' * 41}]=x", "metadata[a]=%00",
            "amount_gte=1_000", "amount_gte=1.0", "amount_lte=%205%20", "amount_lte=%2B5", "created_gte=1700000000",
            "created_gte=2026-01-01", "created_lt=2026-01-01%2010:00Z", "created_lt=2026-01-01T10:00:00,5Z",
            "created_lt=2026-01-01T10:00Z", "created_lt=2026-01-01%2010:00:00Z",
        ],
    )  # fmt: skip
    def test_refuses_a_bad_filter(self, rich: Person, query: str) -> None:
        assert refusal(rich.client.request("GET", f"/v1/transactions?{query}")) == (400, "invalid_parameter")
