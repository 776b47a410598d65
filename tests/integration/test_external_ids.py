"""References through the public door: each is used once, and nobody takes one of our own bookings."""

import secrets

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import fund, post, posted, refusal, transfer
from tests.integration.paying import Backstage


@pytest.fixture
def reference() -> str:
    return f"fee-{secrets.token_hex(8)}"


@pytest.fixture
def rich(payer: Person, admin: Person) -> Person:
    """The payer with 1,000 in the wallet."""
    fund(admin, payer.wallet_id, 1000)
    return payer


def _book(admin: Person, person: Person, amount: int, reference: str, way: str = "deduct") -> Answer:
    body = {"amount": amount, "currency": "EUR", "reason": "test", "external_id": reference}
    return post(admin, f"/v1/wallets/{person.wallet_id}/funds/{way}", body)


class TestReference:
    def test_of_an_owner_s_payment_is_free_for_an_admin_s_booking(
        self, rich: Person, payee: Person, admin: Person, reference: str
    ) -> None:
        assert transfer(rich, payee.wallet_id, 1, external_id=reference).status == 201
        assert _book(admin, rich, 30, reference).status == 201
        assert refusal(transfer(rich, payee.wallet_id, 1, external_id=reference)) == (409, "duplicate_external_id")
        assert posted(rich) == 1000 - 1 - 30

    def test_of_a_booking_is_free_for_an_owner_s_payment(
        self, rich: Person, payee: Person, admin: Person, reference: str
    ) -> None:
        assert _book(admin, rich, 30, reference, "add").status == 201
        assert transfer(rich, payee.wallet_id, 1, external_id=reference).status == 201

    @pytest.mark.parametrize("second", ["add", "deduct"])
    def test_books_once_with_an_owner(
        self, rich: Person, payee: Person, admin: Person, reference: str, second: str
    ) -> None:
        first = _book(admin, rich, 30, reference)
        again = _book(admin, rich, 30, reference, second)
        assert refusal(again) == (409, "duplicate_external_id")
        assert again.body["transaction_id"] == first.body["id"]
        assert _book(admin, payee, 30, reference, "add").status == 201
        assert posted(rich) == 1000 - 30

    def test_of_a_booking_of_before_bookings_had_their_own_is_used(
        self, rich: Person, admin: Person, backstage: Backstage, reference: str
    ) -> None:
        first = _book(admin, rich, 30, reference)
        backstage.sql(
            "UPDATE ledger.external_id e SET owner_id = t.source_owner_id FROM ledger.transaction t "
            "WHERE e.external_id = :reference AND t.id = e.transaction_id",
            reference=reference,
        )
        again = _book(admin, rich, 30, reference)
        assert refusal(again) == (409, "duplicate_external_id")
        assert again.body["transaction_id"] == first.body["id"]

    def test_of_a_refused_booking_is_free_again(self, rich: Person, admin: Person, reference: str) -> None:
        assert refusal(_book(admin, rich, 1001, reference)) == (422, "insufficient_funds")
        assert _book(admin, rich, 1000, reference).status == 201
